"""Reports: what was recorded, as files for people and spreadsheets. One module per report."""

from collections.abc import Mapping
from typing import Final

from dispatch.reports.base import Report
from dispatch.reports.calls import CallsReport
from dispatch.reports.emergencies import EmergenciesReport
from dispatch.reports.messages import MessagesReport
from dispatch.reports.track import TrackReport

REPORTS: Final[Mapping[str, Report]] = {
    report.name: report
    for report in (CallsReport(), MessagesReport(), EmergenciesReport(), TrackReport())
}
"By name, in the order that the console lists them."
