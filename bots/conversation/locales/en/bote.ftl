# What bote says, in English. The keys are the same in all languages.

## Beginning and help

welcome = Hello, { $name }! I am bote. What shall we do?
help =
    Write one of these words, or press a button:
    open — opens a ticket, in three stages
    mine — the tickets you claimed
    queue — those nobody claimed
    show [protocol] — shows a ticket
    claim, giveback — takes and gives back responsibility
    comment [text], edit [text] — comments; corrects the last comment
    attach — attaches a file
    tool — graphs and other looks at the connection
    query — runs the express query again
    history — everything done on the ticket
    finish — ends the ticket
    plugins — what each plug-in asks, has and wrote (administrators)
    channel [staff or customer] — what this group is: what may be said in it (administrators)
    company, language — the company you work in, the language I speak
    back, cancel, continue — the step before, give up, resume the draft
    Where free text is expected, put a slash before the command: /show.

## Buttons

button-open = ➕ Open
button-mine = Mine
button-queue = Queue
button-help = Help
button-search-customer = 🔎 Find a customer
button-back = ◀ Back
button-cancel = Cancel
button-more = More ▶
button-save = ✔ Save and get the protocol
button-next = Next ▶
button-refresh = 🔄 Refresh
button-start = ▶ Start the ticket
button-toggle = Private ⇄ Public
button-no-comment = No comment
button-no-connection = No connection
button-no-contract = No contract
button-resume = Resume the draft
button-discard = Discard
button-confirm = Confirm
button-claim-and-continue = 🛟 Claim and continue
button-claim = 🛟 Claim
button-take-over = 🛟 Take over
button-give-back = ↩ Give back
button-comment = 💬 Comment
button-attach = 📎 Attach
button-tool = 🛠 Tool
button-query = 🔎 Query
button-finish = ✅ Finish
button-history = 🕘 History
button-show = 🎫 Show ticket
button-edit = ✏ Edit
button-private = 🔴 Private
button-public = 🔵 Public
button-skip-param = Skip
button-yes = Yes
button-no = No

## Notes

note-not-understood = I did not understand. Write help to see what I can do.
note-code-alone = I did not understand. If that is a customer’s code, write open and send it again.
note-not-readable = That I cannot read. Send text, photos or files.
not-handled = I could not handle what you sent, not even by trying again. Nothing was changed. Tell the administrator: reference { $reference }.
note-pick-one = Choose one of the options.
note-stale = That button belongs to an earlier question. The question now:
note-stale-alone = That button belongs to an earlier question, yours or somebody else's, and nothing was done. Write help to see what I can do.
note-cancelled = Cancelled. Nothing was changed.
note-nothing-to-cancel = Nothing is under way. Write help to see what I can do.
note-nothing-to-continue = There is no draft to resume. Write open to begin a ticket.
note-parked = I kept the draft. Write continue to resume it.
note-draft-discarded = Draft discarded.
note-draft-expired = The draft lay still for 24 hours and was closed. Write open to begin another.
note-password-forgotten = The password you typed is over 60 seconds old and was erased.
note-edited = ✍ Comment edited.
note-file-kept-with-draft = 📎 File kept with the draft; it will be attached when the ticket starts.
note-no-file-expected = To which ticket shall I attach it? Write show and the protocol, and send the file again.
note-nothing-to-choose = There is nothing to choose from: what this tool needs is not registered for this ticket.
note-attach-how = To attach, write @ before the path: attach @photo.jpg pole in front of the house
note-no-tools = No tools are installed. The administrator can put them into the plug-in folder.
note-only-one-company = You are registered in one company only; there is nothing to choose.
note-edited-in-vain = Changing that message changes nothing of what was recorded. Write comment to add the correction.
note-channel-is-private = This is a private conversation, and stays one. Say this in the group you want to classify.
note-channel-how = Write channel staff for a group of the staff, or channel customer for all others.
channel-is-staff-group = This group is the staff’s: I answer with protocols and codes, and customers’ data only in private.
channel-is-customer = This group is not the staff’s: nothing of tickets is said here. To change that, write channel staff.
note-language-chosen = Done, I speak English now.

## Stage 1

ask-customer = Stage one · Who is the customer? Write a name, document or code.
customers-found = Which of these?
customers-none = Nobody found. Write the beginning of a name, the whole document or the code.
ask-connection = Which connection?
ask-contract = Which contract?
ask-company = In which company shall the ticket be opened?
ask-origin = How did the customer reach us?
ask-technician = Who is the responsible technician?
ask-report = Write the report of the customer or technician. Photos and files sent now go with it.
summary-title = Please check stage one:
opened = ✔ Protocol { $protocol }. Looking at the customer's situation…
none = none
unknown = not known
files = { $count ->
    [one] { $count } file
   *[other] { $count } files
}
connection-blocked = 🔴 blocked
connection-reduced = 🟡 reduced

label-connection = Connection
label-contract = Contract
label-company = Company
label-origin = Origin
label-technician = Responsible technician
label-address = Address
label-report = Report
label-files = Attachments
label-process = Step
label-chosen-process = Process
label-sla = SLA
label-classification = Classification
label-notify = App notification
label-state = State
label-holder = Holder
label-priority = Priority
label-tags = Tags
label-rating = Ask for a rating
label-private = [PRIVATE]
label-public = [PUBLIC]

## Stage 2: express query

lights-title = Express query · { $protocol }
lights-age = Result of { $age } ago.
light-red = attention
light-green = in order
light-unknown = the source did not answer
light-na = does not apply
light-outage = Outage notice on the access point
light-delinquent = Delinquency
light-pending-work = Service orders and tickets
light-reduced = Speed reduction
light-offline = Online/Offline
light-blocked = Block
light-invoice = Invoices
light-contract = Contract
light-priority = Priority { $priority }
light-priority-group = Priority { $priority } (group { $group })
light-connection = Connection { $connection } registered on { $date }, last NAS { $nas }, last IP { $ip }
light-connection-short = Connection { $connection } registered on { $date }
detail-outage = Pending notice { $code } on this access point. Opened on { $date } at { $time }
detail-delinquent = Customer delinquent by the ruler of contract { $contract } ({ $days ->
    [one] { $days } day
   *[other] { $days } days
} late)
detail-pending-orders = { $count } pending service order(s): { $codes }
detail-pending-tickets = { $count } open ticket(s): { $protocols }
detail-reduced = Connection { $connection } at reduced speed since { $date }
detail-offline-since = Connection { $connection } offline since { $date } at { $time }
detail-offline = Connection { $connection } offline, no session on record
detail-online = Connection { $connection } online for { $duration }
detail-stale = Connection { $connection }: session without news since { $date } at { $time }
detail-blocked = Connection { $connection } login { $login } mac { $mac } blocked. ({ $reason } on { $date }).
detail-blocked-short = Connection { $connection } blocked since { $date }.
detail-invoice = Pending invoice { $code } due { $due } of { $amount }
detail-contract = Contract { $contract } of plan { $plan } is { $status } since { $date }.
contract-active = active
contract-suspended = suspended
contract-cancelled = cancelled
priority-low = Low
priority-normal = Normal
priority-high = High
priority-critical = Critical

## Stage 3

ask-process = Stage three · Which process?
ask-classification = Which classification?
ask-notify = What shall the customer's app be told?
notify-none = Nothing
notify-start_end = Start and end
notify-all = Everything
ask-first-comment = Would you like to leave a comment? Write it, or go on without.
visibility-now-private = 🔴 Goes as PRIVATE: only staff can read it.
visibility-now-public = 🔵 Goes as PUBLIC: the customer may read it.
start-title = Ready to start { $protocol }:
sla-promise = { $type } · table { $table } · time { $time } → due { $due }
ask-discard-reason = Protocol { $protocol } exists already. Why discard it? Write the reason, or go back.

## Ticket

lead-started = ▶ Ticket started. The SLA is counting.
lead-claimed = 🛟 Claimed: it is yours now.
lead-given-back = ↩ Given back: anybody can claim it.
lead-finished = ✅ Ticket finished.
state-draft = draft
state-checked = draft, checked
state-in_progress = in progress
state-finished = finished
state-discarded = discarded
unclaimed = Unclaimed
latest = Latest interactions:
edited-at = (edited { $time })
sla-type-preventive = Preventive
sla-type-emergency = Emergency
sla-type-corrective = Corrective
sla-type-question = Question
sla-type-activation = Activation
sla-type-other = Other
sla-state-none = no SLA
sla-state-running = in time
sla-state-due-soon = due soon
sla-state-late = late
sla-state-met = met
sla-state-missed = missed
sla-due = due { $due }
sla-due-in = due { $due } (in { $left })
list-mine = Your tickets:
list-mine-empty = You hold no tickets. Write queue to see those that wait.
ask-ticket = Which ticket? Press one, or write the protocol.
list-unclaimed = Unclaimed, by deadline:
list-unclaimed-empty = The queue is empty.
timeline-title = History · { $protocol }
entry-opened = opened the ticket
entry-draft_edited = changed stage one
entry-discarded = discarded the draft:
entry-express_query = ran the express query
entry-started = started the ticket:
entry-claimed = claimed
entry-taken_over = took over from
entry-given_back = gave back
entry-commented = commented
entry-comment_edited = edited the comment
entry-attached = attached a file
entry-file_described = described a file
entry-file_rotated = turned a picture:
entry-file_deleted = deleted a file
entry-finished = finished:
ask-visibility = Who may read the comment?
ask-comment = Write the comment.
commented = Comment saved on { $protocol }.
ask-edit = Write the new text. The text now:
ask-file = Send the file. In the terminal: @path/to/file description
attached = 📎 { $count ->
    [one] Attached
   *[other] { $count } files attached
} to { $protocol }: { $names }
ask-closing = Which is the closing classification?
ask-rating = Ask the customer to rate the service in the app?
ask-last-comment = A last comment? Write it, or go on without.
confirm-finish = Finish this ticket? It cannot be reopened. Confirm within 60 seconds.
sla-warning = ⏰ Ticket { $protocol }: { $percent } % of its time has passed.
sla-warning-late = ⏰ Ticket { $protocol }: its time is up.
taken-over = 🛟 { $by } took over ticket { $protocol }, which you held.
resume-or-discard = You have a draft. Resume it, or discard it?

## Tools

ask-tool = Which tool for { $protocol }?
tool-running = ⏳ { $tool }: fetching the data…
tool-said = { $message }
tool-failed = { $tool } could not answer. The ticket was not changed.
tool-trapped = { $tool } failed and was ended. The ticket was not changed; the administrator sees why in the log.
tool-timed-out = { $tool } took too long and was ended. The ticket was not changed; try again later.
tool-out-of-memory = { $tool } asked for too much memory and was ended. The ticket was not changed.
tool-too-much = { $tool } went beyond its limits and was ended. The ticket was not changed.
tool-busy = { $tool } has too many calls at once. Try again in a minute.
tool-resting = { $tool } failed several times in a row and is paused. Try again later; the administrator finds the reason in the log.
tool-password-gone = { $tool }: the run was broken off or waited too long, and the typed password is erased. Whether anything reached the equipment is not known: read its state before you try again.
tool-file = 📄 { $name } ({ $size })
confirm-tool = { $tool }: this touches the customer's service. Confirm within 60 seconds.
hint-integer = Write a whole number.
hint-decimal = Write a number.
hint-range = Write a number from { $least } to { $most }.
hint-text = Write up to { $longest } characters.
hint-date = Choose, or write the date: 24/11/2026
hint-period = Choose, or write the period: 18/11/2026 to 24/11/2026
hint-password = The password is neither shown nor kept: it serves this run alone and is erased within 60 seconds.
last-days = { $days ->
    [one] Today
   *[other] { $days } days
}
day-today = Today
day-yesterday = Yesterday
tool-unavailable = { $tool } is not available now. Try again later.
chart-no-data = no data
chart-span = From { $from } to { $to }.
chart-series = { $series }: total { $total }, peak { $peak } at { $when }.
chart-band = { $band }: { $count ->
    [one] 1 stretch
   *[other] { $count } stretches
}, { $duration }.
chart-gaps = Without data: { $count ->
    [one] 1 interval
   *[other] { $count } intervals
}, { $duration }.

## Company and language

ask-scope = In which company do you want to work?
scope-all = ALL companies
scope-chosen = Done: { $company }
ask-language = Em que idioma devo falar? / Which language?

## Refusals

field-customer = Customer
field-connection = Connection
field-contract = Contract
field-company = Company
field-origin = Contact origin
field-technician = Responsible technician
field-report = Report
field-process = Process
field-classification = Classification
field-comment = Comment
field-reason = Reason
field-file = File
field-description = Description
field-angle = Angle
field-search = Search
field-protocol = Protocol
field-parameter = Parameter
field-channel-class = Kind of group
field-capability = Capability of the plug-in
field-scope = Company
field-language = Language
invalid-missing = { $field }: nothing was given. Write or choose a value.
invalid-too-long = { $field }: the text has more than { $limit } characters. Shorten it and send it again.
invalid-control-characters = { $field }: the text has control characters. Remove them and send it again.
invalid-not-a-choice = { $field }: that option does not exist or is no longer valid. Choose another.
invalid-malformed = { $field }: I did not understand. A protocol is written like this: 202610.123
invalid-value = I did not understand that value. Look at the question and write it again.
invalid-empty = { $field }: it is empty (0 bytes). Send another.
invalid-too-large = { $field }: it is over the limit of { $limit }. Send a smaller one.
invalid-executable = { $field }: it is a program, and programs are not accepted. Send a photo, a PDF or a text.
invalid-unreadable = { $field }: I could not read it. Check the path and send it again.
precondition-already-started = The ticket was started already.
precondition-not-started = The ticket was not started yet. Write continue to finish opening it.
precondition-not-checked = The express query has not run yet. Press Refresh.
precondition-finished = The ticket is finished; nothing more can be done on it. Open a new one if you need to.
precondition-discarded = The draft was discarded. Write open to begin another.
precondition-already-yours = The ticket is yours already.
precondition-pending-service-orders = There are pending service orders. Close them before finishing.
precondition-not-editable = You can edit only your own comment, and only while it is the latest interaction. Write comment to add another.
precondition-no-connection = The ticket has no connection, and this tool needs one.
precondition-not-private = This can be shown in a private chat only. Talk to me in private.
precondition-not-a-picture = Only JPEG, PNG and WebP pictures can be turned.
precondition-file-deleted = The file was deleted already.
precondition-not-your-draft = Only who opened the draft can discard it.
precondition-confirmation-expired = The confirmation is over 60 seconds old. Check and confirm again.
precondition-password-gone = The password you typed is over 60 seconds old and was erased. Type it again.
refused-not-found = Not found. Check the number, and the company you are in (company).
refused-not-claimed = Nobody has claimed this ticket. Claim it to act.
refused-claimed-by-other = The ticket is with { $holder }.
refused-forbidden = You lack the permission { $permission }. Ask the administrator.
refused-outcome-unknown = No answer from the equipment — the situation is unknown.
conflict-claim-lost = { $holder } claimed it first.
conflict-ticket-changed = The ticket changed meanwhile. Check it and try again.
conflict-key-reused = This request was made before with other data.
unavailable-database = The database did not answer. Try again in a moment.
unavailable-files = The store of files did not answer. Try again in a moment.
unavailable-tool = That tool is not installed.

## Plug-ins

plugins-title = Plug-ins of this installation:
plugins-none = There are no plug-ins in the folder of this installation.
plugin-state-runs = in use
plugin-state-rests = rests: it failed several times in a row; it is back by itself within an hour
plugin-state-former-runs = the new version waits; the one before stays in use
plugin-state-refused = not loaded
plugin-risk-read = only reads, as the plug-in says
plugin-risk-write = writes to the ticket; only for its holder
plugin-risk-network = touches the service; only for the ticket's holder, and asks a second time
plugin-log = Log of { $plugin }, newest first:
plugin-log-empty = Nothing was written since the program started.
plugin-granted = Noted: { $plugin } is granted { $capabilities }. It holds in a moment; write plugins to look.
plugin-revoked = Noted: { $plugin } loses { $capabilities }. What the configuration grants stays; write plugins to look.
button-grant = ✓ Grant what it asks
button-revoke = ✗ Take back
button-log = 📜 Log

# Accounts that are bound to nobody.
stranger-how-to-bind = Hello! I am bote. To talk to me, ask an administrator for a code and send: /link CODE
stranger-code-refused = That code does not hold: it is good once, for ten minutes. Ask an administrator for another one.
stranger-search = Link your account to search
