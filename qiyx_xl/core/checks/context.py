"""What a form is checked against: the plan, the rules and the history, prepared once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from qiyx_xl.core import findings as say
from qiyx_xl.core.checks.fast_path import PlainRows
from qiyx_xl.core.forms.item_codes import Codes
from qiyx_xl.core.forms.item_names import unnumbered
from qiyx_xl.core.forms.stated_periods import Stated, mentions, parse_period, read_span, read_stated
from qiyx_xl.core.forms.vocabulary import FORM_SCHEMA, HeadLabel, IdentityKey
from qiyx_xl.core.plan.agency_names import AgencyNames
from qiyx_xl.core.plan.model import Milestone
from qiyx_xl.core.plan.schedule import expects
from qiyx_xl.core.primitives.periods import Period, PeriodKind
from qiyx_xl.core.primitives.text import tidy, without_bracket

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.core.forms.cell import Cell
    from qiyx_xl.core.forms.vocabulary import FilledForm
    from qiyx_xl.core.plan.agency_names import Named
    from qiyx_xl.core.plan.model import Agency, Item, Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.plan.timeline import Plans
    from qiyx_xl.core.records.history import History


class Duties:
    """The items that an agency reports, in the plan's order, and their codes."""

    def __init__(self, items: tuple[Item, ...]) -> None:
        self.items = items
        self.by_code = {item.code: item for item in items}
        self.codes = frozenset(self.by_code)
        self._required: dict[Period, tuple[Item, ...]] = {}

    def required_items(self, period: Period) -> tuple[Item, ...]:
        """Return the items that need a row in a period's form; milestones do not."""
        known = self._required.get(period)
        if known is None:
            known = self._required[period] = tuple(
                item
                for item in self.items
                if expects(item, period) and not isinstance(item, Milestone)
            )
        return known


@dataclass
class CheckContext:
    """The plan, the rules, what was accepted before, and the period that is being collected.

    ``period`` is None where each file's own period is used; ``agencies`` finds the plan's agencies
    by any of their names. ``plans`` are all plans of the office, None where there is only one.
    """

    plan: Plan
    rules: Rules
    history: History
    period: Period | None = None
    plans: Plans | None = None
    _names: dict[str, Item] = field(init=False, repr=False)
    _codes: Codes = field(init=False, repr=False)
    agencies: AgencyNames = field(init=False, repr=False)
    _duties: dict[str, Duties] = field(init=False, repr=False, default_factory=dict)
    _by: dict[str, CheckContext] = field(init=False, repr=False, default_factory=dict)
    _plain_rows: dict[Period, PlainRows] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        # A goal may have the same name as the indicator it repeats; the indicator takes precedence.
        self._names = {}
        for item in self.plan.items():
            self._names.setdefault(tidy(item.name), item)
        self._codes = Codes(self.plan.items())
        self.agencies = AgencyNames(self.plan)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle only the inputs: everything else is rebuilt from them in the worker process."""
        return CheckContext, (self.plan, self.rules, self.history, self.period, self.plans)

    def by(self, plan: Plan) -> CheckContext:
        """Return the same context by another of the office's plans."""
        if plan.sha256 == self.plan.sha256:
            return self
        known = self._by.get(plan.sha256)
        if known is None:
            known = self._by[plan.sha256] = replace(self, plan=plan)
        return known

    def at(self, period: Period | None) -> CheckContext:
        """Return the context by the plan in force at a form's period."""
        if self.plans is None or period is None:
            return self
        return self.by(self.plans.at(period))

    def issued(self, form: FilledForm, period: Period | None) -> CheckContext:
        """Return the context by the plan that a form was issued by, if that covered its period."""
        if self.plans is None or period is None or not form.identity:
            return self
        sha256 = form.identity.get(IdentityKey.PLAN_SHA256, "")
        version = form.identity.get(IdentityKey.PLAN_VERSION, "")
        for plan in self.plans.covering(period):
            if plan.sha256 == sha256 if sha256 else plan.version == version:
                return self.by(plan)
        return self

    def agency_in_plan(self, agency: Agency) -> Agency:
        """Return an agency as this context's plan, an earlier one, knows it."""
        names = (agency.name, *agency.earlier_names)
        found = (self.plan.agency(name) for name in names)
        return next((known for known in found if known is not None), agency)

    def item_named(self, name: str) -> Item | None:
        """Return the item with this name, regardless of how quotes and brackets were retyped."""
        tidied = tidy(name)
        if not tidied:
            return None
        bare = unnumbered(tidied)
        spellings = (tidied, without_bracket(tidied), bare, without_bracket(bare))
        return next((self._names[one] for one in spellings if one in self._names), None)

    def item_coded(self, code: str) -> Item | None:
        """Return the item with this code, in any notation: ``1.0``, ``t3—1—1``."""
        return self.plan.find(code) or self._codes.item(code)

    def item_probably_coded(self, code: str) -> Item | None:
        """Return the item whose code lacks only its letter here, if there is exactly one."""
        return self._codes.probable(code)

    def duties(self, agency: Agency) -> Duties:
        """Return the items that an agency reports."""
        # Streets to which nothing was broken down report the same items, and share one entry.
        has_shares = any(agency.name in shares for shares in self.plan.shares.values())
        key = "" if agency.is_street and not has_shares else agency.name
        known = self._duties.get(key)
        if known is None:
            known = self._duties[key] = Duties(self.plan.reported_by(agency))
        return known

    def plain_rows(self, period: Period) -> PlainRows:
        """Return the period's windows of rows known to be without findings."""
        known = self._plain_rows.get(period)
        if known is None:
            known = self._plain_rows[period] = PlainRows(period, self.rules, self.history)
        return known


# --- Agency, period and version of a form: what the file states, compared with what is collected --

Found = list["Finding"]


def check_versions(form: FilledForm, setting: CheckContext) -> Iterator[Finding]:
    """Yield findings about the template's version; none for a file that is not the template."""
    identity = form.identity
    if not identity:
        return
    schema = identity.get(IdentityKey.SCHEMA, "")
    if schema != FORM_SCHEMA:
        yield say.TEMPLATE_VERSION.at(form.sheet, value=schema, expected=FORM_SCHEMA)
    # A revision of the plan is judged row by row; its version is only information.
    theirs = identity.get(IdentityKey.PLAN_ID, "")
    if theirs != setting.plan.plan_id:
        yield say.PLAN_VERSION.at(form.sheet, value=theirs, expected=setting.plan.plan_id)


def find_agency(
    form: FilledForm, setting: CheckContext, file_name: str
) -> tuple[Agency | None, Found]:
    """Return the form's agency: from the template, else the sheet, its title, or the file name."""
    stated = form.stated.get(HeadLabel.AGENCY)
    issued = form.identity.get(IdentityKey.AGENCY, "")
    name, cell = issued, None
    if not name and stated is not None:
        name, cell = stated.text, stated.address
    if not name:
        return _agency_from_heading_or_file_name(form, setting, file_name)
    named = setting.agencies.named(name)
    agency = named.agency
    if agency is None:
        return None, [
            say.AGENCY_UNKNOWN.at(form.sheet, cell, value=name, hint=_hint(name, named, setting))
        ]
    findings = []
    if issued and stated is not None:
        there = setting.agencies.named(stated.text)
        if there.agency is not agency:
            findings.append(
                say.AGENCY_CHANGED.at(
                    form.sheet, stated.address, value=stated.text, expected=agency.name
                )
            )
    if named.is_earlier:
        findings.append(say.AGENCY_EARLIER.at(form.sheet, cell, value=name, agency=agency.name))
    findings += _named_otherwise(agency, setting, file_name)
    return agency, findings


def _agency_from_heading_or_file_name(
    form: FilledForm, setting: CheckContext, file_name: str
) -> tuple[Agency | None, Found]:
    """Return the agency named in the form's title, else in its file name; not for a template."""
    in_title = [] if form.identity else setting.agencies.agencies_mentioned_in(form.heading)
    named = in_title or ([] if form.identity else setting.agencies.agencies_mentioned_in(file_name))
    if len(named) != 1:
        return None, [say.AGENCY_MISSING.at(form.sheet)]
    findings = list(_named_otherwise(named[0], setting, file_name))
    if in_title:
        findings.append(say.AGENCY_FROM_TITLE.at(form.sheet, agency=named[0].name))
    return named[0], findings


def _named_otherwise(agency: Agency, setting: CheckContext, file_name: str) -> Iterator[Finding]:
    if setting.agencies.is_mentioned(agency, file_name):
        return
    if others := setting.agencies.agencies_mentioned_in(file_name):
        yield say.AGENCY_IN_NAME.at(value=others[0].name, expected=agency.name)


def _hint(name: str, named: Named, setting: CheckContext) -> str:
    if named.agencies:
        names = "”“".join(agency.name for agency in named.agencies)
        return f"：名单里有“{names}”，请写明是哪一个"
    names_known = [agency.name for agency in setting.plan.agencies]
    close = get_close_matches(name[:40], names_known, n=1, cutoff=0.5)
    if not close:
        return "，照名单里的名称写"
    return f"：如果是名单里写作“{close[0]}”的单位，请照此写"


def find_period(
    form: FilledForm, setting: CheckContext, file_name: str
) -> tuple[Period | None, Found]:
    """Return the form's period, with findings if it is not the one being collected."""
    stated = form.stated.get(HeadLabel.PERIOD)
    issued = form.identity.get(IdentityKey.PERIOD, "")
    if issued:
        return _period_issued(form, setting, issued, stated)
    if stated is None or not stated.text:
        return _period_from_heading_or_file_name(form, setting, file_name)
    said = read_stated(stated.text, setting.period)
    if said is None:
        return None, [say.PERIOD_UNREADABLE.at(form.sheet, stated.address, value=stated.text)]
    return said.period, list(_about_period(form, setting, said, stated.text, stated.address))


def _period_issued(
    form: FilledForm, setting: CheckContext, issued: str, stated: Cell | None
) -> tuple[Period | None, Found]:
    """Return the period a template was issued for; the period on the sheet must agree with it."""
    period = parse_period(issued)
    if period is None:
        return None, [say.PERIOD_UNREADABLE.at(form.sheet, value=issued)]
    findings = list(
        _about_period(form, setting, Stated(period, is_as_requested=True), issued, None)
    )
    if stated is not None:
        said = read_stated(stated.text, period)
        if said is None or said.period != period:
            findings.append(
                say.PERIOD_CHANGED.at(
                    form.sheet, stated.address, value=stated.text, expected=period.label
                )
            )
        elif not said.is_as_requested:
            findings.append(_otherwise(form, period, stated.text, stated.address))
    return period, findings


def _period_from_heading_or_file_name(
    form: FilledForm, setting: CheckContext, file_name: str
) -> tuple[Period | None, Found]:
    """Return the period named in the form's title or file name; not for a template."""
    collected = setting.period
    named = None
    if not form.identity:
        # A date in a file name is usually the day on which the file was made.
        named = _period_in(form.heading, collected, with_days=True) or _period_in(
            file_name, collected, with_days=False
        )
    if named is None:
        example = (collected or Period.of_quarter(setting.plan.years[0], 1)).label
        return None, [say.PERIOD_MISSING.at(form.sheet, example=example)]
    said, text = named
    return said.period, list(_about_period(form, setting, said, text, None))


def _about_period(
    form: FilledForm, setting: CheckContext, said: Stated, text: str, cell: str | None
) -> Iterator[Finding]:
    period, collected = said.period, setting.period
    if collected is not None and period != collected:
        value = text if period is None else period.label
        yield say.WRONG_PERIOD.at(form.sheet, cell, value=value, expected=collected.label)
    elif period is not None and not said.is_as_requested:
        yield _otherwise(form, period, text, cell)


def _otherwise(form: FilledForm, period: Period, text: str, cell: str | None) -> Finding:
    return say.PERIOD_OTHERWISE.at(form.sheet, cell, value=text, period=period.label)


def _period_in(
    text: str, collected: Period | None, *, with_days: bool
) -> tuple[Stated, str] | None:
    """Return the period named in a title or file name: 卫健局_2026Q3, 2026年三季度-卫健局.

    A year alone counts only where a year is being collected, because every title contains one.
    """
    years: list[tuple[Stated, str]] = []
    for said in mentions(text):
        span = read_span(said)
        if span is not None and span.is_day and not with_days:
            continue
        stated = read_stated(said, collected)
        if stated is None:
            continue
        if stated.period is None or stated.period.kind is not PeriodKind.YEAR:
            return stated, said
        if collected is None or collected.kind is PeriodKind.YEAR:
            years.append((stated, said))
    return years[0] if years else None
