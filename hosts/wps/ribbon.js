// What ribbon.xml names: WPS looks these up by name on the page.
function OnAddinLoad(ribbonUI) { window.Application.ribbonUI = ribbonUI; return true; }
function OnAction(control) { QIYX.press(control.Id); return true; }
function GetImage(control) { return "images/" + control.Id + ".svg"; }
