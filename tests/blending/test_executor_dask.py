"""Blends whose files are read by a cluster of Dask's: two workers on this machine, by its own protocol."""

import logging
import os
import signal
import threading

import pytest
from blends_elsewhere import told

from blender_core import ExecutorError, ModelBlender, PluginError, blendmodels

distributed = pytest.importorskip("distributed")

pytestmark = pytest.mark.exhaustive

N_FILES = 120


@pytest.fixture(scope="module")
def client():
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield client


@pytest.fixture
def paths(many_files):
    return many_files(N_FILES)


@pytest.fixture
def alone(paths):
    return told(blendmodels(None, paths))


def test_the_same(client, paths, alone):
    assert told(blendmodels(None, paths, executor=client.get_executor())) == alone
    assert len(client.scheduler_info()["workers"]) == 2


def test_files_that_a_worker_lacks(client, paths, alone, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path in paths:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    given = [f"/proc/self/cwd/{path.name}" if i % 2 else path for i, path in enumerate(paths)]
    with pytest.warns(match="could not be read by workers"):
        result = blendmodels(None, given, executor=client.get_executor())
    assert told(result) == alone


def test_a_worker_that_lacks_a_plugin(client, paths, install):
    code = "from blender_core import hookimpl\n@hookimpl\ndef blender_rules():\n    return []\n"
    install("acme-rules", "acme", code)
    with pytest.raises(PluginError, match=r"acme-rules 1.0 \[acme\]: it is not installed"):
        blendmodels(None, paths, executor=client.get_executor())


def test_the_client_is_not_an_executor(client, paths):
    with pytest.raises(TypeError, match=r"pass client.get_executor\(\)"):
        blendmodels(None, paths, executor=client)


def test_a_failing_progress(client, paths, alone):
    blender = ModelBlender()

    def fail(done):
        if done == 20:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        blender.accumulate_all(paths, fail, client.get_executor())
    blender.accumulate_all(paths, executor=client.get_executor())
    assert told(blender.finalize_model(None)) == alone


def test_killed_workers_are_replaced(client, paths, alone):
    """Their runs are done again, by others that Dask starts in their places."""
    killed = []

    def kill(done, _):
        if done == 17:
            killed.extend(client.run(os.getpid).values())
            for pid in killed:
                os.kill(pid, signal.SIGKILL)

    result = blendmodels(None, paths, progress=kill, executor=client.get_executor())
    assert told(result) == alone
    assert set(client.run(os.getpid).values()).isdisjoint(killed)


def test_a_cluster_that_goes_away(client, paths, alone):
    blender = ModelBlender()
    other = distributed.Client(client.scheduler.address, set_as_default=False)

    def leave(done):
        if done == 17:
            other.close()

    with pytest.raises(ExecutorError, match="ClientExecutor"):
        blender.accumulate_all(paths, leave, other.get_executor())
    blender.accumulate_all(paths)
    assert told(blender.finalize_model(None)) == alone


def test_a_cluster_that_has_no_workers_yet(many_files, caplog):
    paths = many_files(3)
    caplog.set_level(logging.WARNING, "blender_core")
    results = []
    with (
        distributed.LocalCluster(
            n_workers=0,
            threads_per_worker=1,
            processes=False,
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        executor = client.get_executor()
        blend = threading.Thread(
            target=lambda: results.append(blendmodels(None, paths, executor=executor)), daemon=True
        )
        blend.start()
        blend.join(8)
        assert blend.is_alive()
        messages = [each.getMessage() for each in caplog.records if each.name.startswith("blender")]
        assert messages == ["the cluster has no workers: the blend waits for some"]
        cluster.scale(1)
        blend.join(60)
    assert told(results[0]) == told(blendmodels(None, paths))
