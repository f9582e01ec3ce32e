"""What the command palette finds: every command, every head by name, and what can be chosen."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QComboBox, QMenu

from visualizer.session.exports import head_name
from visualizer.ui.actions import plain_title
from visualizer.ui.controller import SessionController
from visualizer.ui.main_window import MainWindow
from visualizer.ui.widgets.head_search import named_head

_MOST_HEADS = 64
_TIP = Qt.ItemDataRole.ToolTipRole


class PaletteCommands(QObject):
    """Opens the palette with the commands of the menus and the choices of the panels.

    A choice is carried out by the box or the menu that it is in, as if it had been made there.
    """

    def __init__(self, window: MainWindow, controller: SessionController) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._made = QObject(self)  # owns the actions of one opening
        window.actions_by_key["palette"].triggered.connect(self._on_palette_triggered)
        window.palette_dialog.action_chosen.connect(self._on_palette_action_chosen)

    def actions(self) -> list[QAction]:
        """All that can be found now without naming a head."""
        window = self._window
        itself = window.actions_by_key["palette"]
        found = [action for action in window.menus.all_actions() if action is not itself]
        overview, popup = window.overview_panel, window.head_panel.options.popup
        if overview.show_box.isEnabled():
            found += self._of_box(overview.show_box, self.tr("All heads show"))
            overview.find_menu.fill()
            found += self._of_menu(overview.find_menu, self.tr("Find heads"))
        if window.actions_by_key["head_options"].isEnabled():
            for box in popup.findChildren(QComboBox):
                found += self._of_box(box, box.accessibleName())
            for check in popup.findChildren(QCheckBox):
                found.append(
                    self._new(check.accessibleName() or check.text(), check.toolTip(), check)
                )
                found[-1].setCheckable(True)
                found[-1].setChecked(check.isChecked())
        return found

    def heads(self, typed: str) -> list[QAction]:
        """The heads that are meant by "L3 H2", "3.2" or "L3"; [] if none is."""
        named, model = named_head(typed), self._controller.model
        if named is None or model is None or named[0] >= model.n_layers:
            return []
        layer, wanted = named
        n_heads = model.layer_heads[layer]
        if isinstance(wanted, int):
            heads = [wanted] if wanted < n_heads else []
        else:
            heads = list(range(min(n_heads, _MOST_HEADS)))
        tip = self.tr("Show this head")
        names = [(head_name(layer, head), (layer, head)) for head in heads]
        return [self._new(self.tr("Head {name}").format(name=name), tip, at) for name, at in names]

    def _of_box(self, box: QComboBox, path: str) -> list[QAction]:
        """One for each choice of a box."""
        found = []
        for place in range(box.count() if box.isEnabled() else 0):
            tip = box.itemData(place, _TIP) or box.toolTip()
            found.append(self._new(box.itemText(place), tip, (box, place)))
            found[-1].setProperty("menu_path", path)
        return found

    def _of_menu(self, menu: QMenu, path: str) -> list[QAction]:
        """Those of a menu and of the menus in it, which do themselves what they are for."""
        found = []
        for action in menu.actions():
            inner = action.menu()
            if isinstance(inner, QMenu):
                found += self._of_menu(inner, f"{path} {plain_title(inner.title())}")
            elif not action.isSeparator():
                action.setProperty("menu_path", path)
                action.setStatusTip(action.toolTip())
                found.append(action)
        return found

    def _new(self, text: str, tip: str, data: object) -> QAction:
        action = QAction(text.replace("&", "&&"), self._made)
        action.setStatusTip(tip)
        action.setData(data)
        action.triggered.connect(self._on_made_triggered)
        return action

    @Slot()
    def _on_palette_triggered(self) -> None:
        self._made.deleteLater()
        self._made = QObject(self)
        self._window.palette_dialog.open_with(self.actions(), self.heads)

    @Slot(object)
    def _on_palette_action_chosen(self, action: QAction) -> None:
        action.trigger()

    @Slot()
    def _on_made_triggered(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        what = action.data()
        if isinstance(what, QCheckBox):
            what.click()
            return
        where, place = what
        if isinstance(where, QComboBox):
            where.setCurrentIndex(place)
            where.activated.emit(place)
        else:
            self._controller.set_head(where, place)
