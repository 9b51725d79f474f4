import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from blender_core.common.cached import cached_property


class Circle:
    def __init__(self, radius, before=lambda: None):
        self.radius = radius
        self.before = before
        self.n_times = 0

    @cached_property
    def area(self):
        """Three times the square of the radius, in round numbers."""
        self.n_times += 1
        self.before()
        return [3 * self.radius**2]


def test_once():
    circle = Circle(2)
    assert circle.area == [12]
    assert circle.area is circle.area
    assert circle.n_times == 1


def test_of_a_class():
    assert isinstance(Circle.area, cached_property)
    assert Circle.area.__doc__ == "Three times the square of the radius, in round numbers."


def test_what_fails_is_tried_again():
    circle = Circle(None)
    for _ in range(2):
        with pytest.raises(TypeError):
            circle.area  # noqa: B018
    assert circle.n_times == 2


def test_no_instance_waits_for_another():
    begun, may_end = threading.Event(), threading.Event()

    def wait():
        begun.set()
        assert may_end.wait(30)

    slow = Circle(1, wait)
    with ThreadPoolExecutor(2) as pool:
        area = pool.submit(lambda: slow.area)
        try:
            assert begun.wait(30)
            assert pool.submit(lambda: Circle(2).area).result(timeout=20) == [12]
        finally:
            may_end.set()
        assert area.result() == [3]


def test_threads_that_come_at_the_same_time_get_the_same():
    barrier = threading.Barrier(2)
    circle = Circle(1, lambda: barrier.wait(30))
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: circle.area, range(2))
    assert one is other is circle.area
