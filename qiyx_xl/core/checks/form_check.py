"""Which agency, period and items a filled-in form has, and what is wrong with it.

Every rule is a small function that yields its findings, one code per rule. ``ROW_CHECKS`` in
``row_checks`` lists those for rows. No rule stops the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from qiyx_xl.core import findings as say
from qiyx_xl.core.checks.context import check_versions, find_agency, find_period
from qiyx_xl.core.checks.earlier_plan import drop_rows_not_required_now
from qiyx_xl.core.checks.row_checks import ROW_CHECKS, RowContext
from qiyx_xl.core.forms.cell import squeeze
from qiyx_xl.core.forms.cell_parser import ParsedCell, read_cell, read_number
from qiyx_xl.core.forms.item_codes import code_key
from qiyx_xl.core.forms.item_names import is_name_of, is_sum, may_be_sum
from qiyx_xl.core.forms.vocabulary import ContactLabel
from qiyx_xl.core.plan.model import Goal
from qiyx_xl.core.primitives.text import same_text
from qiyx_xl.core.primitives.values import Absence, decimal_from_float, spell
from qiyx_xl.core.records.explanations import is_no_name, is_no_phone
from qiyx_xl.core.records.record import Record
from qiyx_xl.core.records.source import Source, instant, office_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from qiyx_xl.core.checks.context import CheckContext, Duties
    from qiyx_xl.core.checks.fast_path import PlainRow, Recognised
    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.core.forms.vocabulary import FilledForm, FormRow
    from qiyx_xl.core.plan.model import Agency, Item, Plan
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.primitives.values import Actual


_CONTACTS = (ContactLabel.REPORTER, ContactLabel.PHONE)


@dataclass(slots=True)
class FormResult:
    """The content of a form, and its findings; filled row by row during the check.

    ``source`` is the file and the sheet. ``period`` is the form's own, ``judged_for`` the one its
    rows are checked for. ``rows`` are the rows that could be matched with an item, in the sheet's
    order; ``cases`` are those that were checked in full, ``plain`` the others.

    ``seen`` are the rows by item; ``named`` the items that are named in a row with another item's
    code; ``is_numbered`` whether the codes are running numbers, None until that is needed.
    """

    source: Source
    agency: str | None = None
    period: Period | None = None
    judged_for: Period | None = None
    contact: str = ""
    rows: list[Record | PlainRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    cases: list[RowContext] = field(default_factory=list)
    plain: list[Recognised] = field(default_factory=list)
    seen: dict[str, FormRow] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    is_numbered: bool | None = None


def validate(
    form: FilledForm,
    setting: CheckContext,
    *,
    file_name: str,
    sha256: str,
    modified: datetime | None = None,
    in_full: bool = False,
) -> FormResult:
    """Check a filled-in form; the findings are in no particular order.

    Args:
        form: the form.
        setting: what it is checked against.
        file_name: the file's name, which may name an agency and a period.
        sha256: the file's, in hex.
        modified: when the file was last saved, according to the file.
        in_full: run every rule on every row, plain or not.
    """
    result = FormResult(Source(file_name, sha256, form.sheet, ""))
    period, about_period = find_period(form, setting, file_name)
    now = setting.at(period or setting.period)
    setting = now.issued(form, period or setting.period)
    result.findings += check_versions(form, setting)
    agency, about_agency = find_agency(form, now, file_name)
    result.findings += about_agency + about_period
    result.period, result.judged_for = period, period or setting.period
    if agency is not None:
        result.agency = agency.name
    if agency is not None and result.judged_for is not None:
        sender = agency if setting is now else setting.agency_in_plan(agency)
        _judge_rows(form, setting, sender, result.judged_for, result, in_full=in_full)
        result.findings += _check_repeating_goals(setting.plan, result)
        result.findings += _check_age(result.cases, sha256, modified)
        required = setting.duties(sender).required_items(result.judged_for)
        result.findings += _check_completeness(form, required, result)
        if any(finding.code == say.FORM_EMPTY.code for finding in result.findings):
            # One finding for the form replaces those for each blank cell.
            result.findings = [f for f in result.findings if f.code != say.NOT_FILLED.code]
        if setting is not now:
            drop_rows_not_required_now(result, (setting, sender), (now, agency), result.judged_for)
    contacts = _contacts(form)
    result.contact = " ".join(contacts.values())
    result.findings += _check_contacts(form, contacts)
    return result


def _judge_rows(
    form: FilledForm,
    setting: CheckContext,
    agency: Agency,
    period: Period,
    result: FormResult,
    *,
    in_full: bool,
) -> None:
    seen = result.seen
    known = setting.plain_rows(period)
    sender = known.sender(agency, setting.duties(agency).codes)
    may_be_plain = not in_full
    for row in form.rows:
        plain = known.recognise(row, sender) if may_be_plain else None
        if plain is not None and (code := plain[1][0]) not in seen:
            seen[code] = row
            result.plain.append(plain)
            result.rows.append(plain[1])
            continue
        said = len(result.findings)
        item = _match(form, setting, agency, row, result)
        if item is None:
            continue
        is_certain = len(result.findings) == said
        case = _case(form, setting, (agency, period), row, item)
        findings = [*case.row_findings()]
        for check in ROW_CHECKS:
            findings += check(case)
        if findings:
            result.findings += findings
        elif may_be_plain and is_certain:
            known.learn(case)
        result.cases.append(case)
        if not _is_repeating(item):
            result.rows.append(_record(case, result.source))


def _case(
    form: FilledForm, setting: CheckContext, sender: tuple[Agency, Period], row: FormRow, item: Item
) -> RowContext:
    agency, period = sender
    second: ParsedCell | None = None
    if item.second_input is not None:
        second = read_number(row.cell("second"), item.measure)
    return RowContext(
        form=form,
        plan=setting.plan,
        rules=setting.rules,
        history=setting.history,
        agency=agency,
        period=period,
        row=row,
        item=item,
        reading=read_cell(row.cell("actual"), item),
        second=second,
        last=setting.history.last(item.code, agency.name, period),
        accepted=setting.history.accepted_record(item.code, agency.name, period),
        previous=setting.history.year_end(item.code, agency.name, period.year - 1),
    )


def _record(case: RowContext, source: Source) -> Record:
    cell = case.row.cell("actual")
    return Record(
        code=case.item.code,
        period=case.period,
        agency=case.agency.name,
        actual=case.reading.value,
        second=case.second_number,
        remark=case.row.cell("remark").text,
        as_written=cell.error or cell.text,
        source=Source(source.file, source.sha256, source.sheet, cell.address),
        evidence=case.evidence,
    )


def _is_repeating(item: Item) -> bool:
    return isinstance(item, Goal) and item.repeats is not None


# --- rows and items ---------------------------------------------------------------------------


def _match(
    form: FilledForm, setting: CheckContext, agency: Agency, row: FormRow, result: FormResult
) -> Item | None:
    """Return a row's item, once per item; a row without a match becomes a finding."""
    duties = setting.duties(agency)
    item = _item_of(form, setting, duties, row, result)
    if item is None:
        return None
    if not _is_theirs(item, duties) and not _may_report(form, agency, row, item, result):
        return None
    first = result.seen.setdefault(item.code, row)
    if first is not row and not _overrules(form, item, first, row, result):
        return None
    # A street reports its part of an item, which may have another name and measure.
    return duties.by_code.get(item.code, item)


def _may_report(
    form: FilledForm, agency: Agency, row: FormRow, item: Item, result: FormResult
) -> bool:
    """Whether an agency may report another agency's item; there is a finding in either case."""
    if not _bears_name_of(row, item):
        # The row is about something else, so the sender must not be asked to delete it.
        cell = row.cell("name")
        finding = say.CODE_OF_ANOTHER.at(
            form.sheet,
            cell.address,
            value=cell.text,
            code=item.printed_code,
            known=item.name,
            owner=item.reporting_agency,
        )
        result.findings.append(finding)
        return False
    may_claim = agency.name in item.claimants
    kind = say.CLAIMED_TWICE if may_claim else say.NOT_THEIR_ITEM
    finding = kind.at(
        form.sheet,
        row.cell("code").address or row.cell("name").address,
        value=item.printed_code,
        name=item.name,
        owner=item.reporting_agency,
        agency=agency.name,
    )
    result.findings.append(finding)
    return may_claim


def _overrules(
    form: FilledForm, item: Item, first: FormRow, row: FormRow, result: FormResult
) -> bool:
    """Whether a second row of an item replaces the first, which has another item's name."""
    if not _bears_name_of(row, item):
        result.findings.append(_renamed(form, item, row))
        return False
    if _bears_name_of(first, item):
        result.findings.append(_repeated(form, item, first, row))
        return False
    result.seen[item.code] = row
    return True


def _bears_name_of(row: FormRow, item: Item) -> bool:
    """Whether a row has the item's name, or no name."""
    name = row.cell("name").text
    return not name or is_name_of(name, item.name)


def _is_theirs(item: Item, duties: Duties) -> bool:
    return item.code in duties.codes or _is_repeating(item)


def _item_of(
    form: FilledForm, setting: CheckContext, duties: Duties, row: FormRow, result: FormResult
) -> Item | None:
    """Return the item of a row: by its code, unless its name is another item's.

    In a table that the sender made, a number before a name may be a running number, so the name
    decides. In the template both cells are locked, so if one was changed the sender has to say
    which is meant, unless no template can contain the code.
    """
    code_cell, name_cell = row.cell("code"), row.cell("name")
    name = name_cell.text
    by_code = setting.item_coded(code_cell.text)
    if by_code is not None and (not name or name == by_code.name or is_name_of(name, by_code.name)):
        if name or not _is_numbered(form, setting, result):
            return by_code
        result.findings.append(_only_numbered(form, row))
        return None
    by_name = setting.item_named(name)
    is_template = bool(form.identity)
    if by_name is not None:
        if by_code is None or not is_template or not _is_theirs(by_code, duties):
            result.findings.append(_by_name(form, row, by_name))
            return by_name
        result.named.add(by_name.code)
    sum_word = row.sum_word or (name if may_be_sum(name) else "")
    if sum_word and _is_sum_row(row, sum_word, by_code, is_template=is_template):
        if not row.cell("actual").is_blank:
            result.findings.append(
                say.SUM_ROW.at(form.sheet, row.cell("actual").address, value=sum_word)
            )
        return None
    if by_code is not None and _is_numbered(form, setting, result):
        result.findings.append(_only_numbered(form, row))
        return None
    if by_code is None:
        result.findings.append(_unknown(form, setting, row))
    return by_code


def _is_sum_row(row: FormRow, sum_word: str, by_code: Item | None, *, is_template: bool) -> bool:
    """Whether a row that mentions a total is about no item.

    If the row has something like a code, its text must be a total without doubt; a code in the
    template is locked and is trusted.
    """
    if by_code is not None:
        return not is_template and is_sum(sum_word)
    return is_sum(sum_word) or code_key(row.cell("code").text) is None


def _is_numbered(form: FilledForm, setting: CheckContext, result: FormResult) -> bool:
    """Whether a sender's own table has running numbers where the template has codes.

    It has if some row has the name of one item and the code of another.
    """
    if result.is_numbered is None:
        may_count = not form.identity and "码" not in form.header("code")
        result.is_numbered = may_count and any(_contradicts(setting, row) for row in form.rows)
    return result.is_numbered


def _contradicts(setting: CheckContext, row: FormRow) -> bool:
    by_code = setting.item_coded(row.cell("code").text)
    if by_code is None or _bears_name_of(row, by_code):
        return False
    return setting.item_named(row.cell("name").text) is not None


def _by_name(form: FilledForm, row: FormRow, item: Item) -> Finding:
    cell = row.cell("code")
    written = cell.error or cell.text
    kind = say.NUMBER_IS_NO_CODE if written else say.CODE_FROM_NAME
    place = cell.address if written else row.cell("name").address
    more = {"value": written, "header": form.header("code")} if written else {}
    shown = item.printed_code
    return kind.at(form.sheet, place, code=shown, name=item.name, suggestion=shown, **more)


def _only_numbered(form: FilledForm, row: FormRow) -> Finding:
    place = row.cell("name").address or row.cell("code").address
    name = row.cell("name").text or "（空白）"
    return say.RUNNING_NUMBER.at(form.sheet, place, header=form.header("code"), value=name)


def _unknown(form: FilledForm, setting: CheckContext, row: FormRow) -> Finding:
    cell = row.cell("code")
    code = squeeze(cell.text)[0]
    if code or cell.error:
        meant = setting.item_probably_coded(cell.text)
        hint = ""
        if isinstance(cell.value, date):
            hint = "（这一格变成了日期，请先把格式设为“文本”）"
        elif meant is not None:
            hint = f"，如“{meant.printed_code}”"
        return say.UNKNOWN_CODE.at(
            form.sheet,
            cell.address,
            value=cell.error or code,
            hint=hint,
            suggestion=None if meant is None else meant.printed_code,
        )
    actual = row.cell("actual")
    said = actual.error or actual.text or row.cell("name").text or row.cell("second").text
    return say.ROW_WITHOUT_CODE.at(form.sheet, actual.address, value=said)


def _renamed(form: FilledForm, item: Item, row: FormRow) -> Finding:
    cell = row.cell("name")
    return say.NAME_CHANGED.at(
        form.sheet,
        cell.address,
        header=form.header("name"),
        value=cell.text,
        code=item.printed_code,
        name=item.name,
        suggestion=item.name,
    )


def _repeated(form: FilledForm, item: Item, first: FormRow, row: FormRow) -> Finding:
    keys = ("actual", "second")
    is_same = all(first.cell(key).text == row.cell(key).text for key in keys)
    kind = say.REPEATED_ROW if is_same else say.REPEATED_CODE
    place = row.cell("actual").address
    other = first.cell("actual").address
    return kind.at(form.sheet, place, value=item.printed_code, name=item.name, other=other)


# --- the form as a whole ----------------------------------------------------------------------


def _check_repeating_goals(plan: Plan, result: FormResult) -> Iterator[Finding]:
    """Require that a goal that repeats an indicator has the same value, or none."""
    if not any(_is_repeating(case.item) for case in result.cases):
        return
    known: dict[str, Actual] = {
        code: decimal_from_float(number) for _, (code, number, _, _), _ in result.plain
    }
    known |= {case.item.code: case.reading.value for case in result.cases}
    for case in result.cases:
        item = case.item
        if not isinstance(item, Goal) or item.repeats is None:
            continue
        there = known.get(item.repeats)
        if case.reading.value in (Absence.NOT_REPORTED, there):
            continue
        text = "" if there is None else spell(there)
        yield say.GOAL_DISAGREES.at(
            case.form.sheet,
            case.row.cell("actual").address,
            header=case.header("actual"),
            value=case.row.cell("actual").text,
            suggestion=text or None,
            code=item.printed_code,
            name=item.name,
            other=plan.printed(item.repeats),
            known=text or "空白",
        )


def _check_age(
    cases: Sequence[RowContext], sha256: str, modified: datetime | None
) -> Iterator[Finding]:
    """Report a file last saved before the one already accepted for the period."""
    if modified is None:
        return
    for case in cases:
        source = None if case.accepted is None else case.accepted.source
        if source is None or source.saved_at is None or source.sha256 == sha256:
            continue
        if instant(modified) < instant(source.saved_at):
            yield say.STALE_FILE.at(case.form.sheet, value=office_time(modified), known=source.file)
            return


def _check_completeness(
    form: FilledForm, required: Sequence[Item], result: FormResult
) -> Iterator[Finding]:
    """Require a row for every item due in the period, and not all of them blank."""
    kind = say.MISSING_ROW if form.identity else say.MISSING_ITEM
    for item in required:
        if item.code not in result.seen and item.code not in result.named:
            yield kind.at(form.sheet, code=item.printed_code, name=item.name)
    cases = result.cases
    if cases and not result.plain and all(case.is_blank for case in cases):
        yield say.FORM_EMPTY.at(form.sheet, count=len(cases))


def _check_contacts(form: FilledForm, named: Mapping[ContactLabel, str]) -> Iterator[Finding]:
    missing = [label for label in _CONTACTS if label not in named]
    if missing:
        cell = next(
            (form.contacts[label].address for label in missing if label in form.contacts), None
        )
        yield say.CONTACT_MISSING.at(form.sheet, cell, missing="、".join(missing))
    reviewer = form.contacts.get(ContactLabel.REVIEWER)
    reporter = named.get(ContactLabel.REPORTER, "")
    if reviewer is not None and reporter and same_text(reviewer.text, reporter):
        yield say.SAME_PERSON.at(form.sheet, reviewer.address, value=reviewer.text)


def _contacts(form: FilledForm) -> dict[ContactLabel, str]:
    """Return who filled in the form and their telephone number, where these are given."""
    named = {}
    for label in _CONTACTS:
        text = form.contacts[label].text if label in form.contacts else ""
        is_nobody = is_no_phone if label is ContactLabel.PHONE else is_no_name
        if not is_nobody(text):
            named[label] = text
    return named
