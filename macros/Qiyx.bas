Attribute VB_Name = "Qiyx"
Option Explicit

' Buttons, ribbon callbacks and the way from a cell to Python.
'
' This file is pure ASCII, so that it survives every code page. What people read stands in the
' very hidden sheet _qiyx (column A: key, column B: text) and is shown from there.

Private Const BUTTONS As String = "qiyx_xl.shells.buttons"
Private Const FUNCTIONS As String = "qiyx_xl.shells.udfs"
Private Const TEXT_SHEET As String = "_qiyx"
Private Const STATE_NAME As String = "QiyxState"

' The xlwings DLL copies its command line into 2,048 bytes; a longer one ends Excel itself,
' without a message. So it is measured before anything is started.
Private Const COMMAND_LIMIT As Long = 2000
Private Const REFUSED As Long = 60001

Private Const FIRST_HELP_ROW As Long = 2
Private Const HELP_COLUMN As Long = 4
Private Const MOST_ARGUMENTS As Long = 5

' The path for which the command line was measured and found short enough.
Private fitsFor As String

' --- buttons on the sheet ------------------------------------------------------------------

Public Sub QiyxDistribute()
    RunButton "distribute"
End Sub

Public Sub QiyxValidate()
    RunButton "validate"
End Sub

Public Sub QiyxConsolidate()
    RunButton "consolidate"
End Sub

Public Sub QiyxRefresh()
    RunButton "refresh"
End Sub

' --- the ribbon tab ------------------------------------------------------------------------

Public Sub RibbonDistribute(ByVal control As Object)
    RunButton "distribute"
End Sub

Public Sub RibbonValidate(ByVal control As Object)
    RunButton "validate"
End Sub

Public Sub RibbonConsolidate(ByVal control As Object)
    RunButton "consolidate"
End Sub

Public Sub RibbonRefresh(ByVal control As Object)
    RunButton "refresh"
End Sub

' --- opening -------------------------------------------------------------------------------

' Describe the functions and start the server. Where Python is missing nothing pops up: cells
' keep their last values and the first sheet says what to do.
Public Sub WakeUp()
    Dim unchanged As Boolean
    unchanged = ThisWorkbook.Saved
    On Error Resume Next
    DescribeFunctions
    Err.Clear
    Server.Exec "import " & FUNCTIONS & "; " & FUNCTIONS & ".warm_up()"
    If Err.Number = 0 Then
        ShowState SheetText("awake")
        Application.CalculateFull
    Else
        ShowState SheetText("asleep") & " " & Err.Description
    End If
    ThisWorkbook.Saved = unchanged
End Sub

Private Sub ShowState(ByVal words As String)
    ThisWorkbook.Names(STATE_NAME).RefersToRange.Value = _
        Format$(Now, "yyyy-mm-dd hh:nn") & "  " & words
End Sub

' Help for the function wizard. xlwings does this when it imports functions; this workbook
' brings them along, so it does it itself.
Private Sub DescribeFunctions()
    Dim sheet As Object, atRow As Long, count As Long, index As Long
    Dim prefix As String, arguments() As String
    Set sheet = ThisWorkbook.Worksheets(TEXT_SHEET)
    prefix = "'" & Replace(ThisWorkbook.Name, "'", "''") & "'!"
    On Error Resume Next
    atRow = FIRST_HELP_ROW
    Do While Len(sheet.Cells(atRow, HELP_COLUMN).Value) > 0
        count = 0
        ReDim arguments(0 To MOST_ARGUMENTS - 1)
        For index = 0 To MOST_ARGUMENTS - 1
            arguments(index) = sheet.Cells(atRow, HELP_COLUMN + 2 + index).Value
            If Len(arguments(index)) > 0 Then count = index + 1
        Next index
        If count > 0 Then
            ReDim Preserve arguments(0 To count - 1)
            Application.MacroOptions _
                Macro:=prefix & sheet.Cells(atRow, HELP_COLUMN).Value, _
                Description:=sheet.Cells(atRow, HELP_COLUMN + 1).Value, _
                Category:=SheetText("category"), _
                ArgumentDescriptions:=arguments
        Else
            Application.MacroOptions _
                Macro:=prefix & sheet.Cells(atRow, HELP_COLUMN).Value, _
                Description:=sheet.Cells(atRow, HELP_COLUMN + 1).Value, _
                Category:=SheetText("category")
        End If
        atRow = atRow + 1
    Loop
End Sub

' --- from a cell to Python -----------------------------------------------------------------

' What the generated wrapper calls instead of XLPy: the same server, after the measuring.
Public Function Server() As Object
    If ThisWorkbook.FullName <> fitsFor Then
        If MostBytes(XLPyCommand()) > COMMAND_LIMIT Then
            Err.Raise REFUSED, "Qiyx", SheetText("path_too_long")
        End If
        fitsFor = ThisWorkbook.FullName
    End If
    Set Server = XLPy()
End Function

' The most bytes that a text takes in any code page that Windows uses for Chinese.
Private Function MostBytes(ByVal words As String) As Long
    Dim at As Long, code As Long
    For at = 1 To Len(words)
        code = AscW(Mid$(words, at, 1))
        MostBytes = MostBytes + IIf(code >= 0 And code < 128, 1, 3)
    Next at
End Function

' Python cannot send a real #N/A through COM: it sends a text, and the text becomes one here.
Public Function RealErrors(ByVal answer As Variant) As Variant
    Dim atRow As Long, column As Long
    If IsArray(answer) Then
        For atRow = LBound(answer, 1) To UBound(answer, 1)
            For column = LBound(answer, 2) To UBound(answer, 2)
                answer(atRow, column) = RealError(answer(atRow, column))
            Next column
        Next atRow
        RealErrors = answer
    Else
        RealErrors = RealError(answer)
    End If
End Function

Private Function RealError(ByVal answer As Variant) As Variant
    RealError = answer
    If VarType(answer) = vbString Then
        If answer = "#QYX:N/A" Then RealError = CVErr(xlErrNA)
        If answer = "#QYX:VALUE" Then RealError = CVErr(xlErrValue)
    End If
End Function

' A call that did not reach Python: the function is asleep, and Excel's word for that is #NAME?.
Public Function Asleep() As Variant
    Asleep = CVErr(xlErrName)
End Function

' --- from a button to Python ---------------------------------------------------------------

Private Sub RunButton(ByVal action As String)
    On Error GoTo failed
    Application.StatusBar = SheetText("running")
    Server.Exec "import " & BUTTONS
    RunPython "import " & BUTTONS & "; " & BUTTONS & ".press('" & action & "')"
    Application.StatusBar = False
    Exit Sub
failed:
    Application.StatusBar = False
    MsgBox SheetText("asleep") & vbCrLf & vbCrLf & Err.Description, vbExclamation, _
        SheetText("category")
End Sub

Private Function SheetText(ByVal key As String) As String
    Dim sheet As Object, atRow As Long
    Set sheet = ThisWorkbook.Worksheets(TEXT_SHEET)
    atRow = 1
    Do While Len(sheet.Cells(atRow, 1).Value) > 0
        If sheet.Cells(atRow, 1).Value = key Then
            SheetText = sheet.Cells(atRow, 2).Value
            Exit Function
        End If
        atRow = atRow + 1
    Loop
End Function
