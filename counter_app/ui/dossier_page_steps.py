"""The steps that a dossier can take next, as buttons with keys; the rarer ones in a menu."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from counter_app.rules.lifecycle import Status, Step, step_label
from counter_app.services.values import DossierView
from counter_app.ui.page import commit_preedit, drop_down
from counter_app.ui.theme import set_role
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate


class Words:
    """What the bar says."""

    MORE = QT_TRANSLATE_NOOP("DossierSteps", "Việc khác (Alt+0)")
    NO_STEPS = QT_TRANSLATE_NOOP("DossierSteps", "Hồ sơ đã kết thúc, không còn bước nào.")


STEP_KEYS = {
    Step.HAND_OVER: "Alt+1",
    Step.RECEIVE: "Alt+2",
    Step.ACCEPT: "Alt+2",
    Step.REQUEST_SUPPLEMENT: "Alt+3",
    Step.SUPPLEMENT: "Alt+4",
    Step.REQUEST_PAYMENT: "Alt+5",
    Step.PAY: "Alt+6",
    Step.FINISH: "Alt+7",
    Step.RETURN: "Alt+8",
    Step.APOLOGISE: "Alt+9",
    Step.EXEMPT: "Alt+Shift+M",
    Step.REFUND: "Alt+Shift+H",
    Step.WITHDRAW: "Alt+Shift+R",
    Step.STOP: "Alt+Shift+D",
    Step.REFUSE: "Alt+Shift+T",
}
"""One key a step, the same on every dossier, so that the hand can learn it; received and accepted are one thing."""

SHOWN_STEPS = 4
"""So many steps are buttons of their own; the rest are in a menu."""

IN_FRONT = (
    Step.RECEIVE,
    Step.SUPPLEMENT,
    Step.RETURN,
    Step.HAND_OVER,
    Step.FINISH,
    Step.PAY,
    Step.REQUEST_SUPPLEMENT,
    Step.APOLOGISE,
    Step.ACCEPT,
    Step.REQUEST_PAYMENT,
    Step.EXEMPT,
    Step.REFUND,
    Step.REFUSE,
    Step.WITHDRAW,
    Step.STOP,
)
"""Which steps are wanted most often, first to last."""


def offered(view: DossierView) -> tuple[Step, ...]:
    """The permitted steps, without taking or giving back money where there is none.

    Receiving an online dossier is accepting it.
    """
    steps = [Step(step) for step in view.permitted_steps]
    left_out = {Step.ACCEPT} if Step.RECEIVE in steps else set[Step]()
    owed = [fee for fee in view.fees if fee.paid_at is None and (fee.full_amount or fee.amount)]
    if view.money_state != "due" and view.row.status != Status.PAYMENT_REQUESTED:
        left_out.add(Step.PAY)
    if not owed:
        left_out.add(Step.EXEMPT)
    if all(fee.paid_at is None or fee.refunded_at is not None or not fee.amount for fee in view.fees):
        left_out.add(Step.REFUND)
    return tuple(step for step in steps if step not in left_out)


class StepBar(QWidget):
    """Shows the permitted steps; ``chosen`` tells which one the clerk wants."""

    chosen = Signal(object)
    """A Step."""

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self.buttons: list[QPushButton] = []
        self.step_actions: dict[Step, QAction] = {}
        group = QActionGroup(self)
        group.setExclusionPolicy(QActionGroup.ExclusionPolicy.None_)
        for step, keys in STEP_KEYS.items():
            action = QAction(step_label(step), self)
            action.setData(step.value)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.setEnabled(False)
            group.addAction(action)
            page.addAction(action)
            self.step_actions[step] = action
        group.triggered.connect(self._triggered)
        self.menu = QMenu(self)
        self.more = QPushButton(translate("DossierSteps", Words.MORE), self)
        self.more.setAccessibleName(self.more.text())
        self.more.setShortcut("Alt+0")
        drop_down(self.more, self.menu)
        self.no_steps = QLabel(translate("DossierSteps", Words.NO_STEPS), self)
        set_role(self.no_steps, "hint")
        self._bar = QHBoxLayout(self)
        self._bar.setContentsMargins(0, 0, 0, 0)
        self._bar.addWidget(self.more)
        self._bar.addWidget(self.no_steps)
        self._bar.addStretch(1)
        self.show_steps(())

    def show_steps(self, permitted: tuple[Step, ...], *, hurry: bool = False) -> None:
        """Offer these steps and no others; in a ``hurry`` the letter of apology is a button of its own.

        Where the focus was on one of the old buttons it goes to the likeliest of the new: a step leads to the next.
        """
        was_here = self.window().focusWidget() in self.buttons
        for button in self.buttons:
            self._bar.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons.clear()
        self.menu.clear()
        for step, action in self.step_actions.items():
            action.setEnabled(step in permitted)
        ordered = sorted((step for step in permitted if step in STEP_KEYS), key=IN_FRONT.index)
        if hurry and Step.APOLOGISE in ordered:
            ordered.remove(Step.APOLOGISE)
            ordered.insert(min(1, len(ordered)), Step.APOLOGISE)
        for place, step in enumerate(ordered):
            if place < SHOWN_STEPS:
                self._add_button(step, place)
            else:
                self.menu.addAction(self.step_actions[step])
        self.more.setVisible(len(ordered) > SHOWN_STEPS)
        self.no_steps.setVisible(not ordered)
        if was_here:
            self.take_focus()

    def take_focus(self) -> None:
        """Focus the likeliest step; without any, what the page has instead of the bar."""
        (self.buttons[0] if self.buttons else self).setFocus(Qt.FocusReason.OtherFocusReason)

    def _add_button(self, step: Step, place: int) -> None:
        button = QPushButton(f"{step_label(step)} ({STEP_KEYS[step]})", self)
        button.setAccessibleName(button.text())
        button.clicked.connect(self.step_actions[step].trigger)
        set_role(button, "primary" if place == 0 else "")
        self._bar.insertWidget(place, button)
        if self.buttons:
            self.setTabOrder(self.buttons[-1], button)
        self.setTabOrder(button, self.more)
        self.buttons.append(button)
        button.show()

    @Slot(QAction)
    def _triggered(self, action: QAction) -> None:
        commit_preedit()
        self.chosen.emit(Step(action.data()))
