"""SQLAlchemy mapped classes, one aggregate a module."""

from counter_app.models.apology import ApologyBatch, ApologyBatchItem, ApologyLetter, ApologyReason, ApologyStep
from counter_app.models.applicant import Applicant
from counter_app.models.base import Base
from counter_app.models.calendar import Calendar
from counter_app.models.digitising import (
    BacklogBatch,
    BacklogResult,
    DigitisingChoice,
    DigitisingFormula,
    DigitisingRule,
    DigitisingState,
    DigitisingTodo,
    DocumentReuse,
)
from counter_app.models.document import Document, DocumentLook
from counter_app.models.dossier import Dossier, DossierComponent, DossierEvent, DossierFee
from counter_app.models.handover import Delivery, HandoverItem, HandoverList, LawGround, ShelfMove
from counter_app.models.inbox import InboxCursor, InboxEntry, PortalFile
from counter_app.models.office import Desk, Office, User
from counter_app.models.outbox import OutboxMessage, SyncLock, SyncRun
from counter_app.models.payment import DayClosing, Payment
from counter_app.models.print_job import PrintJob
from counter_app.models.procedure import (
    Field,
    Procedure,
    ProcedureComponent,
    ProcedureFee,
    ProcedureLimit,
    ProcedureResult,
)
from counter_app.models.reconciliation import ReconciliationDifference, ReconciliationRun
from counter_app.models.rescue import RescueExport, RescueImport, RescueItem, RescueSent
from counter_app.models.scan_job import DocumentText, ScanJob
from counter_app.models.series import Draft, NumberSeries
from counter_app.models.signature import Signature

__all__ = [
    "ApologyBatch",
    "ApologyBatchItem",
    "ApologyLetter",
    "ApologyReason",
    "ApologyStep",
    "Applicant",
    "BacklogBatch",
    "BacklogResult",
    "Base",
    "Calendar",
    "DayClosing",
    "Delivery",
    "Desk",
    "DigitisingChoice",
    "DigitisingFormula",
    "DigitisingRule",
    "DigitisingState",
    "DigitisingTodo",
    "Document",
    "DocumentLook",
    "DocumentReuse",
    "DocumentText",
    "Dossier",
    "DossierComponent",
    "DossierEvent",
    "DossierFee",
    "Draft",
    "Field",
    "HandoverItem",
    "HandoverList",
    "InboxCursor",
    "InboxEntry",
    "LawGround",
    "NumberSeries",
    "Office",
    "OutboxMessage",
    "Payment",
    "PortalFile",
    "PrintJob",
    "Procedure",
    "ProcedureComponent",
    "ProcedureFee",
    "ProcedureLimit",
    "ProcedureResult",
    "ReconciliationDifference",
    "ReconciliationRun",
    "RescueExport",
    "RescueImport",
    "RescueItem",
    "RescueSent",
    "ScanJob",
    "ShelfMove",
    "Signature",
    "SyncLock",
    "SyncRun",
    "User",
]
