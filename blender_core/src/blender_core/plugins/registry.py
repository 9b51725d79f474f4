"""What a rule's name means: one rule, of one provider, however plugins were loaded."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, NamedTuple

from blender_core.common.advice import Advice, leave_out, leave_out_all_but_one
from blender_core.common.provider import normalized
from blender_core.common.wording import join_words, pluralize
from blender_core.display.view import View, ViewTable
from blender_core.display.viewed import Viewed
from blender_core.errors import BlenderError, RuleConflictError, UnknownRuleError, raise_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blender_core.common.provider import Provider
    from blender_core.plugins.rule import Rule


class ProvidedRule(NamedTuple):
    """A rule, and whose it is."""

    rule: Rule
    provider: Provider

    def __repr__(self) -> str:
        return f"<rule {self.rule.name} of {self.provider}>"


class Registry(Viewed):
    """The rules of a blend, by name.

    A name means one rule. If several plugins have rules of the same name, one of them has to
    declare by `Rule.replaces` that it replaces the other. ``plugin:name`` always means the rule of
    that plugin.

    Parameters
    ----------
    offers : iterable of (Rule, Provider)
        What the plugins offer, in any order.

    Attributes
    ----------
    providers : tuple of Provider
        All plugins with a rule, sorted.
    has_replacements : bool
        Whether a rule replaces another one of the same name.

    Raises
    ------
    RuleConflictError
        If a name is offered by more than one provider, and not all but one are superseded.
        Several conflicts come as a `BlendErrorGroup`.

    Examples
    --------
    >>> from blender_core import Plugins, Registry
    >>> registry = Registry(Plugins.discover().rules())
    >>> rule, provider = registry["multi"]
    >>> rule.blend(["NRCA1", "NRCA2"])
    'MULTIPLE'
    """

    def __init__(self, offers: Iterable[tuple[Rule, Provider]]) -> None:
        provided = [ProvidedRule(rule, provider) for rule, provider in offers]
        self.has_replacements = any(rule.replaces is not None for rule, _ in provided)
        self.providers = tuple(sorted({provider for _, provider in provided}))
        by_name: dict[str, list[ProvidedRule]] = {}
        for offer in provided:
            by_name.setdefault(offer.rule.name, []).append(offer)
        self._rules: dict[str, ProvidedRule] = {}
        faults: list[BlenderError] = []
        for name, offers_of_name in sorted(by_name.items()):
            left = _not_superseded(offers_of_name)
            if len(left) == 1:
                self._rules[name] = left[0]
                for offer in offers_of_name:
                    self._rules[f"{offer.provider.plugin}:{name}"] = offer
            else:
                faults.append(_conflict(name, offers_of_name, left))
        raise_all("rules are offered by more than one plugin", faults)

    def __repr__(self) -> str:
        return f"<Registry of {self._count}>"

    @property
    def _count(self) -> str:
        providers = join_words([str(provider) for provider in self.providers])
        number = pluralize(sum(1 for _ in self), "rule")
        return f"{number} of {providers}" if providers else number

    def _view(self) -> View:
        rows = [
            (name, self._rules[name].rule.summary, str(self._rules[name].provider)) for name in self
        ]
        head = ("rule", "what it gives", "provider")
        return View(self._count, tables=[ViewTable(head, rows)])

    def __getitem__(self, name: str) -> ProvidedRule:
        return self._rules[name]

    def __contains__(self, name: object) -> bool:
        return name in self._rules

    def get(self, name: str) -> ProvidedRule | None:
        """Return a rule by its name; None if no plugin has it."""
        return self._rules.get(name)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the plain names, sorted."""
        return (name for name in sorted(self._rules) if ":" not in name)

    def close(self, name: str) -> list[str]:
        """Return the names of rules that are similar to an unknown name."""
        known = self._rules if ":" in name else self
        return difflib.get_close_matches(name.casefold(), known, n=3)

    def unknown(
        self,
        wanted: Mapping[str, Sequence[str]],
        default: str,
        more: str = "",
        *,
        attribute: str | None = None,
        keyword: str | None = None,
        provider: Provider | None = None,
    ) -> UnknownRuleError:
        """Return the error that says which rules are missing, and for what.

        Parameters
        ----------
        wanted : mapping of str to sequence of str
            Name of a missing rule → the attributes that ask for it, in words.
        default : str
            The name of the rule that attributes without one of their own get: they are counted,
            because there are hundreds of them.
        more : str, optional
            What else may help, for the end of the message.
        attribute, keyword : str, optional
            Dotted path and FITS keyword of the attribute, if it is one alone.
        provider : Provider, optional
            The plugin whose overrides ask for them, if it is one's alone.

        Returns
        -------
        error : UnknownRuleError
            To be raised.
        """
        lines = []
        for name, attributes in sorted(wanted.items()):
            if name == default:
                who = f"{len(attributes)} attributes by default, such as {min(attributes)}"
            else:
                who = ", ".join(sorted(attributes))
            close = self.close(name)
            hint = f" (did you mean {' or '.join(map(repr, close))}?)" if close else ""
            lines.append(f"  - {name!r}{hint}, asked for by {who}")
        installed = ", ".join(map(str, self.providers)) or "none"
        remedy = "Install the plugin that offers them, or correct the names."
        if not any(p.distribution == "blender-rules-std" for p in self.providers):
            remedy = (
                "The standard rules are a distribution of their own: install blender-rules-std."
            )
        rules = "\n".join(lines)
        return UnknownRuleError(
            Advice(
                f"no installed plugin offers these rules:\n{rules}\n"
                f"Plugins with rules: {installed}\n{remedy}",
                more,
            ),
            wanted=wanted,
            attribute=attribute,
            keyword=keyword,
            provider=provider,
        )


def _not_superseded(offers: list[ProvidedRule]) -> list[ProvidedRule]:
    """Return those of the rules of one name that no other replaces, be it by way of others.

    If A replaces B and B replaces A, neither counts.
    """
    replaced_by: dict[str, set[str]] = {}
    for rule, provider in offers:
        if rule.replaces is not None:
            replacers = replaced_by.setdefault(normalized(rule.replaces), set())
            replacers.add(normalized(provider.distribution))

    def all_replacers(name: str) -> set[str]:
        replacers: set[str] = set()
        new = {name}
        while new:
            new = {by for each in new for by in replaced_by.get(each, ())} - replacers
            replacers |= new
        return replacers

    def is_superseded(name: str) -> bool:
        return any(name not in all_replacers(by) for by in replaced_by.get(name, ()))

    return [each for each in offers if not is_superseded(normalized(each.provider.distribution))]


def _conflict(name: str, offers: list[ProvidedRule], left: list[ProvidedRule]) -> RuleConflictError:
    providers = sorted(offer.provider for offer in left or offers)
    if len(set(providers)) == 1:
        msg = Advice(
            f"plugin {providers[0]} offers the rule {name!r} {len(providers)} times\n"
            "Repair or uninstall it, or ",
            leave_out(providers[0].plugin),
            ".",
        )
        return RuleConflictError(msg, name=name, providers=providers)
    lines = "\n".join(
        f"  - {provider}{_replacement(name, offers, provider)}" for provider in providers
    )
    msg = Advice(
        f"rule {name!r} is offered by more than one plugin:\n{lines}\n"
        "Let Rule.replaces of one name the distribution of the other, uninstall one, or ",
        leave_out_all_but_one(providers),
        ".",
    )
    return RuleConflictError(msg, name=name, providers=providers)


def _replacement(name: str, offers: list[ProvidedRule], provider: Provider) -> str:
    """Return what a provider says that its rule replaces, for a message."""
    replaced = next(each.rule.replaces for each in offers if each.provider == provider)
    if replaced is None:
        return ""
    others = [each.provider.distribution for each in offers if each.provider != provider]
    if normalized(replaced) in map(normalized, others):
        return f", which replaces that of {replaced}"
    close = difflib.get_close_matches(normalized(replaced), map(normalized, others), n=1)
    hint = f": did you mean {close[0]!r}?" if close else ""
    return f", which replaces that of {replaced!r}, who offers no {name!r}{hint}"
