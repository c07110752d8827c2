-- the booking core: where operations take place, who operates, whose and which.
--
-- conventions: instants are microseconds since 1970-01-01 utc (`_us`), durations whole minutes
-- (`_min`), identifiers text as the hospital writes them. every table is strict. nothing that is
-- referred to is ever deleted; it is retired.

-- marks the file as ours ("OTBK"), so that no other application's database is taken for one.
pragma application_id = 1330922059;

-- a hospital or a part of it that has its own civil time.
create table site (
    id        text not null primary key,
    name      text not null,
    time_zone text not null  -- iana name, e.g. Europe/London
) strict;

create table theatre (
    id         text not null primary key,
    site_id    text not null references site (id),
    name       text not null,
    list_order integer not null,  -- its place on boards and lists
    retired_us integer            -- null while in use
) strict;

-- doctors and nurses. what each may do in a case is said per case.
create table staff (
    id           text not null primary key,
    display_name text not null,
    retired_us   integer
) strict;

-- patients by the hospital's number alone: whatever else is known of them is kept elsewhere.
create table patient (
    id text not null primary key
) strict;

create table surgical_case (
    id            text not null primary key,
    patient_id    text not null references patient (id),
    procedure     text not null,  -- what is done
    condition     text not null,  -- what it is done for
    state         text not null,
    decided_at_us integer not null,  -- the decision to operate: waiting time runs from here

    -- the plan: theatre and start once there is a slot, neither before.
    theatre_id    text references theatre (id),
    start_us      integer,

    -- the footprint: how long the case takes its theatre for, planned or not.
    setup_min     integer not null,
    procedure_min integer not null,
    cleanup_min   integer not null,

    constraint surgical_case_state check (state in (
        'REQUESTED', 'SCHEDULED', 'CONFIRMED', 'IN_THEATRE',
        'IN_RECOVERY', 'COMPLETED', 'POSTPONED', 'CANCELLED')),
    constraint surgical_case_plan_is_whole check ((theatre_id is null) = (start_us is null)),
    -- a waiting case has no slot; a cancelled one may keep the slot it had; any other has one.
    constraint surgical_case_plan_fits_state check (
        state = 'CANCELLED'
        or (start_us is null) = (state in ('REQUESTED', 'POSTPONED'))),
    constraint surgical_case_minutes check (
        setup_min >= 0 and procedure_min >= 1 and cleanup_min >= 0
        and setup_min + procedure_min + cleanup_min <= 1440)
) strict;

create index surgical_case_by_patient on surgical_case (patient_id);

-- who does what in a case.
create table case_team (
    case_id  text not null references surgical_case (id),
    staff_id text not null references staff (id),
    role     text not null,

    primary key (case_id, staff_id, role),
    constraint case_team_role check (role in (
        'PRIMARY_SURGEON', 'ASSISTANT_SURGEON', 'ANAESTHETIST',
        'SCRUB_NURSE', 'CIRCULATING_NURSE'))
) strict, without rowid;

create unique index case_team_one_primary_surgeon on case_team (case_id)
    where role = 'PRIMARY_SURGEON';
create index case_team_by_staff on case_team (staff_id, case_id);

-- what the database was filled with when it was new: one row, written together with the data, so
-- that a start cut short seeds again and a database in use is never seeded.
create table seeding (
    only_row  integer not null primary key check (only_row = 1),
    seed      text not null,
    seeded_us integer not null
) strict;
