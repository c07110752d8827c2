//! The parts of the manual that are not about one flag: forms, examples, exit codes.

use crate::exit;

/// What follows the options in `booking-client --help`.
pub(super) fn text() -> String {
    let mut text = String::from(EXAMPLES);
    text.push_str("\nExit codes:\n");
    for (exit, meaning) in exit::TABLE {
        text.push_str(&format!("  {}  {meaning}\n", exit as u8));
    }
    text.push_str(ERRORS);
    text
}

const EXAMPLES: &str = "\
Examples:
  The article's call, on a machine of Google Compute Engine:
    booking-client 10.128.0.2:8080 prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com

  The same with a handshaker of your own (for example 'alts-handshaker mock'):
    booking-client --handshaker-address 127.0.0.1:18080 --allow-untrusted-handshaker \\
        127.0.0.1:8080 prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com

  Another patient and doctor, for a script, giving up after two seconds:
    booking-client --patient PT-2001 --doctor DC-1007 --output json --timeout 2s \\
        10.128.0.2:8080,prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com

  A service that moves from one account to another: either is accepted:
    booking-client booking.internal:8080 old-svc@example.org new-svc@example.org

  For commands, name the service once per shell:
    export OT_SERVER=10.128.0.2:8080
    export OT_SERVER_ACCOUNT=prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com
    booking-client schedule
    booking-client cases list --waiting
    booking-client slots 0190b5c4 --latest 2026-12-01
    booking-client cases schedule 0190b5c4 --theatre OT-1 --start '2026-11-27 08:30'

Names, times, days:
  A resource is typed by its identifier (OT-1) or its full name (theatres/OT-1).
  A TIME is now, 08:30 (today), '2026-11-27 08:30' in the site's civil time, or with an offset:
  2026-10-25T01:30+01:00. A time that the clocks leave out or show twice is refused, not guessed.
  A DAY is today, tomorrow, yesterday, +3, -7 or 2026-11-27.
";

const ERRORS: &str = "
Errors are one line on stderr: 'booking-client: STATUS: cause; remedy'. A refusal that has several
reasons lists each on a line of its own below it.
RUST_LOG, when set, decides what is logged (for example RUST_LOG=alts=debug).";

/// Behind `completions --help`.
pub(super) const COMPLETIONS: &str = "\
Examples:
  bash:  booking-client completions bash > ~/.local/share/bash-completion/completions/booking-client
  zsh:   booking-client completions zsh > \"${fpath[1]}/_booking-client\"
  fish:  booking-client completions fish > ~/.config/fish/completions/booking-client.fish";

/// Behind `cases --help`.
pub(super) const CASES: &str = "\
A case's life:
  requested -> scheduled -> confirmed -> in theatre -> in recovery -> completed
  A planned case may be postponed (it waits again, with its age) or cancelled (the end).

Examples:
  booking-client cases create --patient PT-1204 --procedure 'Hip replacement' --side left \\
      --urgency elective --setup 15 --duration 90 --cleanup 15 --surgeon DC-3904 --anaesthetist AN-1
  booking-client cases schedule CASE --theatre OT-1 --start 08:30 --dry-run
  booking-client cases milestone CASE wheels-in
  booking-client cases push --theatre OT-1 --by 20 --reason LIST_OVERRUN";

/// Behind `import --help`.
pub(super) const IMPORT: &str = "\
The log is CSV with a header, one case a row; a byte-order mark and CRLF line ends are fine. Columns
are found by these names, in any order and letter case; others are left alone:
  Encounter ID, Date, OR Suite, Service, CPT Description, Booked Time (min), OR Schedule,
  Wheels In, Start Time, End Time, Wheels Out
Needed are the encounter, the theatre, the booked minutes and the schedule. Dates and times may be
ISO (2022-01-03 07:05) or American (1/3/22 7:05 AM); a time without a date takes it from Date.
What the procedure column says is kept as the procedure's name; codes are never read.

A mapping file names other columns and forms (all entries are optional):
  [columns]
  encounter_id   = \"Case No\"
  theatre        = \"Room\"
  specialty      = \"Dept\"
  procedure      = \"Procedure\"
  date           = \"Day\"
  booked_min     = \"Minutes\"
  scheduled_time = \"Planned\"
  wheels_in      = \"In\"
  knife_to_skin  = \"Cut\"
  closed         = \"Close\"
  wheels_out     = \"Out\"
  [format]
  date_time = [\"%d.%m.%Y %H:%M\"]
  date      = [\"%d.%m.%Y\"]
  delimiter = \";\"

Importing the same file again changes nothing: a row is known by --source and its encounter. So a
run that was stopped goes on when it is started again. Exit code 1: some rows were refused.

Examples:
  booking-client import log.csv --time-zone America/New_York --dry-run
  booking-client import log.csv --time-zone Europe/Berlin --mapping ours.toml --strict";

/// Behind `report --help`.
pub(super) const REPORT: &str = "\
Examples:
  booking-client report utilisation --from 2026-11-01 --to 2026-11-30
  booking-client report turnover --from -7 --to yesterday --theatre OT-1 --idle-gap 60
  booking-client report utilisation --from -30 --window 08:00-17:00 --output json";

/// Behind `watch --help`.
pub(super) const WATCH: &str = "\
A line per change, in the order in which they were made, none left out. A lost connection is taken
up again where it broke. After -v each line ends with a token: give it to --resume to go on from
there in a later run.";

/// Behind `theatres --help`.
pub(super) const THEATRES: &str = "\
Examples:
  booking-client theatres create OT-9 --name 'Theatre 9' --open mon-fri=08:00-18:00 \\
      --open sat=09:00-13:00 --capability general-anaesthesia --turnover 10
  booking-client theatres close OT-9 --from 'tomorrow 08:00' --to 'tomorrow 12:00' --reason 'Filter change'";

/// Behind `staff --help`.
pub(super) const STAFF: &str = "\
Examples:
  booking-client staff create DC-3904 --name 'Dr Okafor' --role primary-surgeon --role assistant-surgeon \\
      --specialty orthopaedics
  booking-client staff absent DC-3904 --from tomorrow --to +7 --reason Leave";

/// Behind `sites --help`.
pub(super) const SITES: &str = "\
A hospital from nothing, on a service that was started with an empty database:
  booking-client sites create main --name 'Main building' --time-zone Europe/London
  booking-client theatres create OT-1 --name 'Theatre 1' --open mon-fri=08:00-18:00 \\
      --capability general-anaesthesia
  booking-client staff create DC-1 --name 'Dr Okafor' --role primary-surgeon --specialty orthopaedics
  booking-client staff create DC-2 --name 'Dr Lind' --role anaesthetist
  booking-client equipment create C-ARM-1 --kind c-arm --name 'C-arm 1' --reprocess 10
  booking-client procedures create hip --name 'Hip replacement' --specialty orthopaedics \\
      --setup 20 --duration 90 --cleanup 20 --requires general-anaesthesia --equipment-kind c-arm --side-required
  booking-client cases create --patient PT-1 --procedure 'Hip replacement' --type hip --side left \\
      --surgeon DC-1 --anaesthetist DC-2 --equipment C-ARM-1
  booking-client slots CASE
Reasons are there from the beginning; sessions are needed only where theatre time belongs to somebody.";

/// Behind `equipment --help`.
pub(super) const EQUIPMENT: &str = "\
Examples:
  booking-client equipment create C-ARM-2 --kind c-arm --name 'C-arm 2' --reprocess 10
  booking-client equipment away C-ARM-2 --from today --to +3 --reason Repair
  booking-client equipment absences C-ARM-2";

/// Behind `procedures --help`.
pub(super) const PROCEDURES: &str = "\
Examples:
  booking-client procedures create knee --name 'Knee replacement' --specialty orthopaedics \\
      --setup 20 --duration 90 --cleanup 20 --requires laminar-flow --equipment-kind c-arm --side-required
  booking-client procedures update knee --duration 80 --side-required=false
A list such as --requires replaces what was there.";

/// Behind `reasons --help`.
pub(super) const REASONS: &str = "\
Examples:
  booking-client reasons create NO_BED --name 'No bed after surgery' --group facility --avoidable
  booking-client reasons update NO_BED --avoidable=false
  booking-client reasons retire NO_BED";

/// Behind `sessions --help`.
pub(super) const SESSIONS: &str = "\
Examples:
  booking-client sessions list --from today --to +7
  booking-client sessions create --theatre OT-1 --from '2026-11-27 08:00' --to '2026-11-27 13:00' --surgeon DC-3904 \\
      --with anaesthetist,general-anaesthesia
  booking-client sessions templates create --theatre OT-1 --day mon --hours 08:00-13:00 --specialty orthopaedics \\
      --every 2 --first 2026-11-02 --release-before 72h --with anaesthetist,general-anaesthesia
  booking-client sessions templates expand ID --from 2026-12-01 --to 2026-12-31";

/// Behind `emergency --help`.
pub(super) const EMERGENCY: &str = "\
Examples:
  booking-client cases create --patient PT-88 --procedure Laparotomy --urgency urgent-2a --duration 90 --surgeon DC-3
  booking-client emergency plan CASE
  booking-client emergency apply OPTION";

/// Behind `load --help`.
pub(super) const LOAD: &str = "\
Makes cases and books them, one slot after another in theatres LOAD-1 to LOAD-N, several at once,
until the count or the duration is reached. For a service of its own: what it books stays. It prints
bookings a second, how long they took (50th, 95th and 99th percentile, from sending to the durable
answer) and every kind of refusal with its number.

Example:
  booking-client load --prepare --theatres 8 --count 10000 --concurrency 32";
