Attribute VB_Name = "Qiyx"
Option Explicit

' Buttons, ribbon callbacks and the way from a cell to Python.
'
' This file is pure ASCII, so that it survives every code page. What people read stands in the
' very hidden sheet _qiyx (column A: key, column B: text) and is shown from there.

Private Const BUTTONS As String = "qiyx_xl.shells.buttons"
Private Const FUNCTIONS As String = "qiyx_xl.shells.udfs_at"
Private Const TEXT_SHEET As String = "_qiyx"
Private Const STATE_NAME As String = "QiyxState"

' The xlwings DLL copies its command line into 2,048 bytes; a longer one ends Excel itself,
' without a message. So it is measured before anything is started.
Private Const COMMAND_LIMIT As Long = 2000
Private Const REFUSED As Long = 60001

Private Const FIRST_HELP_ROW As Long = 2
Private Const HELP_COLUMN As Long = 4
Private Const MOST_ARGUMENTS As Long = 7

' A function that rates takes so many arguments, and its period stands second.
Private Const RATED_ARGUMENTS As Long = 7
Private Const PERIOD_AT As Long = 1
Private Const MOST_KNOWN As Long = 20000
Private Const MOST_MISSED As Long = 4
Private Const PAUSE_SECONDS As Long = 10

' The path for which the command line was measured and found short enough.
Private fitsFor As String

' The plan by which this workbook was written, as the sheet of texts says.
Private planId As String

' Answers by function and arguments, and the day on which they hold.
Private known As Collection
Private knownOn As Long
' The period for which the plan sheets' answers were fetched, and how many were missed since.
Private fetchedFor As String
Private missed As Long
' Until then no cell tries to start a server that did not start.
Private notBefore As Date

' --- buttons on the sheet ------------------------------------------------------------------

Public Sub QiyxValidate()
    RunButton "validate"
End Sub

Public Sub QiyxConsolidate()
    RunButton "consolidate"
End Sub

Public Sub QiyxRefresh()
    RunButton "refresh"
End Sub

Public Sub QiyxRemind()
    RunButton "remind"
End Sub

Public Sub QiyxScorecard()
    RunButton "scorecard"
End Sub

Public Sub QiyxBulletin()
    RunButton "bulletin"
End Sub

Public Sub QiyxDistribute()
    RunButton "distribute"
End Sub

Public Sub QiyxStatic()
    RunButton "static"
End Sub

Public Sub QiyxExport()
    RunButton "export"
End Sub

Public Sub QiyxAdopt()
    RunButton "adopt"
End Sub

Public Sub QiyxExamine()
    RunButton "examine"
End Sub

' --- the ribbon tab ------------------------------------------------------------------------

Public Sub RibbonValidate(ByVal control As Object)
    RunButton "validate"
End Sub

Public Sub RibbonConsolidate(ByVal control As Object)
    RunButton "consolidate"
End Sub

Public Sub RibbonRefresh(ByVal control As Object)
    RunButton "refresh"
End Sub

Public Sub RibbonRemind(ByVal control As Object)
    RunButton "remind"
End Sub

Public Sub RibbonScorecard(ByVal control As Object)
    RunButton "scorecard"
End Sub

Public Sub RibbonBulletin(ByVal control As Object)
    RunButton "bulletin"
End Sub

Public Sub RibbonDistribute(ByVal control As Object)
    RunButton "distribute"
End Sub

Public Sub RibbonStatic(ByVal control As Object)
    RunButton "static"
End Sub

Public Sub RibbonExport(ByVal control As Object)
    RunButton "export"
End Sub

Public Sub RibbonAdopt(ByVal control As Object)
    RunButton "adopt"
End Sub

Public Sub RibbonExamine(ByVal control As Object)
    RunButton "examine"
End Sub

' --- opening -------------------------------------------------------------------------------

' Describe the functions and start the server. Where Python is missing nothing pops up: cells
' keep their last values and the first sheet says what to do.
Public Sub WakeUp()
    Dim unchanged As Boolean
    unchanged = ThisWorkbook.Saved
    On Error Resume Next
    DescribeFunctions
    ForgetAnswers
    notBefore = 0
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

' What the generated wrapper calls for every cell function.
'
' Cells go to Python as values: one function, one call, and nothing is asked back. The answers
' for single cells are kept, for they follow from the arguments (and the day); and the first
' cell of a plan sheet that has none yet fetches those of all three plan sheets at once. So a
' recalculation of the whole ledger is a handful of calls.
Public Function Answer(ByVal source As String, ByVal func As String, ByVal given As Variant) _
        As Variant
    Dim values As Variant, key As String, found As Variant
    If UBound(given) < LBound(given) Then
        Answer = RealErrors(AskPython(func, given))
        Exit Function
    End If
    If Not IntoValues(given, values) Then Exit Function
    key = KeyOf(values)
    If Len(key) = 0 Then
        Answer = RealErrors(AskPython(func, values))
        Exit Function
    End If
    If Not Recall(func, key, found) Then
        If StandsInPlanSheet(given) Then FetchPlanSheets values(PERIOD_AT)
        If Not Recall(func, key, found) Then
            found = RealErrors(AskPython(func, values))
            Remember func, key, found
        End If
    End If
    Answer = found
End Function

' One call to Python: which workbook asks, by which plan it was written, and the arguments. So
' several open ledgers are each answered by their own plan.
'
' What is in brackets goes over by value: a server in Python does not take a text or an array by
' reference.
Private Function AskPython(ByVal func As String, ByVal values As Variant) As Variant
    Dim whole() As Variant, at As Long, first As Long
    first = LBound(values)
    ReDim whole(0 To UBound(values) - first + 2)
    If Len(planId) = 0 Then planId = SheetText("plan_id")
    whole(0) = ThisWorkbook.FullName
    whole(1) = planId
    For at = first To UBound(values)
        whole(at - first + 2) = values(at)
    Next at
    AskPython = AwakeServer().CallUDF((FUNCTIONS), (func), (whole))
End Function

' Whether a rating is asked for a row of one of the three plan sheets.
Private Function StandsInPlanSheet(ByVal given As Variant) As Boolean
    If UBound(given) < RATED_ARGUMENTS - 1 Then Exit Function
    If Not IsObject(given(0)) Then Exit Function
    On Error Resume Next
    Select Case given(0).Worksheet.CodeName
        Case "SheetIndicators", "SheetGoals", "SheetMilestones"
            StandsInPlanSheet = (given(0).Worksheet.Parent.Name = ThisWorkbook.Name)
    End Select
End Function

' Take the values of ranges. False: a cell is not calculated yet. Excel then throws the answer
' away and asks again, so Python need not hear of it.
Private Function IntoValues(ByVal given As Variant, ByRef values As Variant) As Boolean
    Dim at As Long, area As Object
    ReDim values(LBound(given) To UBound(given))
    For at = LBound(given) To UBound(given)
        If IsObject(given(at)) Then
            Set area = given(at)
            values(at) = area.Value
            If HasBlank(values(at)) Then
                ' Null where some cells are formulas and some are not.
                If area.HasFormula = True Then Exit Function
            End If
        Else
            values(at) = given(at)
        End If
    Next at
    IntoValues = True
End Function

Private Function HasBlank(ByVal values As Variant) As Boolean
    Dim cell As Variant
    HasBlank = IsEmpty(values)
    If Not IsArray(values) Then Exit Function
    For Each cell In values
        If IsEmpty(cell) Then
            HasBlank = True
            Exit Function
        End If
    Next cell
End Function

' --- answers that are known already --------------------------------------------------------

Public Sub ForgetAnswers()
    Set known = Nothing
    planId = ""
    fetchedFor = ""
    missed = 0
End Sub

' One text for the arguments of a single cell; "" where one of them is an array.
Private Function KeyOf(ByVal given As Variant) As String
    Dim at As Long, key As String
    key = "k"
    For at = LBound(given) To UBound(given)
        If IsArray(given(at)) Then Exit Function
        key = key & "|" & KeyPart(given(at))
    Next at
    KeyOf = key
End Function

' A blank cell, an empty text and an argument left out are one and the same to every function.
Private Function KeyPart(Optional ByVal value As Variant) As String
    Select Case VarType(value)
        Case vbEmpty, vbNull
            KeyPart = ""
        Case vbError
            If Not IsMissing(value) Then KeyPart = "e" & KeyWords(CStr(value))
        Case vbString
            If Len(value) > 0 Then KeyPart = "s" & KeyWords(value)
        Case vbBoolean
            KeyPart = "b" & CStr(CLng(value))
        Case Else
            ' Fifteen digits, which is all that the functions read of a number.
            KeyPart = "n" & CStr(CDbl(value))
    End Select
End Function

' Keys of a Collection do not tell capitals from small letters, so only these stand as they are.
Private Function KeyWords(ByVal words As String) As String
    Dim at As Long, code As Long
    For at = 1 To Len(words)
        code = AscW(Mid$(words, at, 1))
        Select Case code
            Case 45 To 46, 48 To 57, 97 To 122
                KeyWords = KeyWords & Chr$(code)
            Case Else
                KeyWords = KeyWords & "^" & Hex$(code)
        End Select
    Next at
End Function

Private Function Recall(ByVal func As String, ByVal key As String, ByRef found As Variant) _
        As Boolean
    If known Is Nothing Then Exit Function
    If knownOn <> CLng(Date) Then Exit Function
    On Error Resume Next
    found = known.Item(func & key)
    Recall = (Err.Number = 0)
End Function

Private Sub Remember(ByVal func As String, ByVal key As String, ByVal answer As Variant)
    If Not known Is Nothing Then
        If known.Count >= MOST_KNOWN Or knownOn <> CLng(Date) Then Set known = Nothing
    End If
    If known Is Nothing Then
        Set known = New Collection
        knownOn = CLng(Date)
    End If
    ' What is known already stays: the same arguments have the same answer.
    On Error Resume Next
    known.Add answer, func & key
End Sub

' Ask once for everything that the plan sheets rate at this period; again where that did not
' help, for then the records have changed.
'
' The records and the baselines are typed-in cells, so they are right also in the middle of a
' recalculation, which formulas beside the asking cell are not.
Private Sub FetchPlanSheets(ByVal period As Variant)
    Dim rows As Variant, names As Variant, atRow As Long, at As Long
    missed = missed + 1
    If fetchedFor = FetchKey(period) And missed < MOST_MISSED Then Exit Sub
    fetchedFor = FetchKey(period)
    missed = 0
    ' Whatever goes wrong here, the cell still asks by itself.
    On Error GoTo failed
    rows = AskPython("plan_sheet_answers", _
        Array(period, Filled("QiyxRecords"), Filled("QiyxGoals"), Filled("QiyxBaselines")))
    names = Array("QYX_RATE", "QYX_GAP", "QYX_STATUS", "QYX_EXPLAIN")
    at = LBound(rows, 2)
    For atRow = LBound(rows, 1) + 1 To UBound(rows, 1)
        RememberRow names, KeyOf(Array(rows(atRow, at), period, rows(atRow, at + 1), _
            CStr(rows(atRow, at + 2)), CStr(rows(atRow, at + 3)), rows(atRow, at + 8), Empty)), _
            rows, atRow, at + 4
    Next atRow
failed:
End Sub

Private Function FetchKey(ByVal period As Variant) As String
    FetchKey = CStr(CLng(Date)) & KeyPart(period)
End Function

Private Sub RememberRow(ByVal names As Variant, ByVal key As String, ByVal rows As Variant, _
        ByVal atRow As Long, ByVal first As Long)
    Dim index As Long
    For index = LBound(names) To UBound(names)
        Remember names(index), key, RealError(rows(atRow, first + index - LBound(names)))
    Next index
End Sub

' The filled part of a named range, as values.
Private Function Filled(ByVal name As String) As Variant
    Dim area As Object
    Set area = ThisWorkbook.Names(name).RefersToRange
    Set area = Application.Intersect(area, area.Worksheet.UsedRange)
    If Not area Is Nothing Then Filled = area.Value
End Function

' --- the server ----------------------------------------------------------------------------

' The server for a cell. Where it does not start, the other cells of the sheet do not each wait
' for it again.
Private Function AwakeServer() As Object
    If Now < notBefore Then Err.Raise REFUSED, "Qiyx", SheetText("asleep")
    On Error GoTo failed
    Set AwakeServer = Server()
    Exit Function
failed:
    notBefore = Now + TimeSerial(0, 0, PAUSE_SECONDS)
    Err.Raise Err.Number, Err.source, Err.Description
End Function

' The same server as XLPy, after the measuring.
'
' Windows looks for programs and DLLs in the current folder, and Excel's is where a workbook was
' opened last. So the start is made from a folder that only administrators can write to.
Public Function Server() As Object
    Dim before As String, code As Long, words As String
    If ThisWorkbook.FullName <> fitsFor Then
        If MostBytes(XLPyCommand()) > COMMAND_LIMIT Then
            Err.Raise REFUSED, "Qiyx", SheetText("path_too_long")
        End If
        fitsFor = ThisWorkbook.FullName
    End If
    before = CurDir$
    StandIn SystemFolder()
    On Error GoTo failed
    Set Server = XLPy()
    StandIn before
    Exit Function
failed:
    code = Err.Number
    words = Err.Description
    StandIn before
    Err.Raise code, "Qiyx", words
End Function

Private Function SystemFolder() As String
    SystemFolder = Environ$("SystemRoot") & "\System32"
End Function

Private Sub StandIn(ByVal folder As String)
    On Error Resume Next
    ChDrive folder
    ChDir folder
End Sub

' The most bytes that a text takes in any code page that Windows uses for Chinese.
Private Function MostBytes(ByVal words As String) As Long
    Dim at As Long, code As Long
    For at = 1 To Len(words)
        code = AscW(Mid$(words, at, 1))
        MostBytes = MostBytes + IIf(code >= 0 And code < 128, 1, 3)
    Next at
End Function

' --- answers -------------------------------------------------------------------------------

' Python cannot send a real #N/A through COM: it sends a text, and the text becomes one here.
Public Function RealErrors(ByVal answer As Variant) As Variant
    Dim atRow As Long, column As Long
    If Not IsArray(answer) Then
        RealErrors = RealError(answer)
        Exit Function
    End If
    If IsSingleRow(answer) Then
        For column = LBound(answer) To UBound(answer)
            answer(column) = RealError(answer(column))
        Next column
    Else
        For atRow = LBound(answer, 1) To UBound(answer, 1)
            For column = LBound(answer, 2) To UBound(answer, 2)
                answer(atRow, column) = RealError(answer(atRow, column))
            Next column
        Next atRow
    End If
    RealErrors = answer
End Function

' xlwings hands over a single row with one dimension; Excel shows that as a row.
Private Function IsSingleRow(ByVal answer As Variant) As Boolean
    Dim last As Long
    On Error Resume Next
    last = UBound(answer, 2)
    IsSingleRow = (Err.Number <> 0)
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
    ForgetAnswers
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
