-- the whole hospital: sessions, closures, equipment, what is held, and what was done by whom.
--
-- the tables of 0001 are built anew, because sqlite cannot add constraints to a table that is
-- there; what was in them is carried over. conventions as before; lists that are never searched by
-- are json; flags are 0 or 1. migrations/postgres says the same in postgresql's words.

drop index surgical_case_by_patient;
drop index case_team_one_primary_surgeon;
drop index case_team_by_staff;
alter table site rename to old_site;
alter table theatre rename to old_theatre;
alter table staff rename to old_staff;
alter table surgical_case rename to old_surgical_case;
alter table case_team rename to old_case_team;

create table site (
    id        text not null primary key,
    version   integer not null default 1 check (version >= 1),
    name      text not null,
    time_zone text not null  -- iana name, e.g. Europe/London
) strict;

create table theatre (
    id           text not null primary key,
    version      integer not null default 1 check (version >= 1),
    site_id      text not null references site (id),
    name         text not null,
    list_order   integer not null,
    state        text not null default 'OPEN' check (state in ('OPEN', 'MAINTENANCE', 'RETIRED')),
    turnover_min integer not null default 0 check (turnover_min between 0 and 1440),
    capabilities text not null default '[]',  -- ["laminar-flow"]
    opening      text not null default '[]'   -- [[weekday 1 to 7, open minute, close minute]]
) strict;

create table staff (
    id           text not null primary key,
    version      integer not null default 1 check (version >= 1),
    display_name text not null,
    specialty    text,
    roles        text not null default '[]',  -- ["PRIMARY_SURGEON"]
    retired      integer not null default 0 check (retired in (0, 1)),
    placeholder  integer not null default 0 check (placeholder in (0, 1))
) strict;

create table equipment_unit (
    id            text not null primary key,
    version       integer not null default 1 check (version >= 1),
    kind          text not null,
    name          text not null,
    reprocess_min integer not null default 0 check (reprocess_min between 0 and 1440),
    retired       integer not null default 0 check (retired in (0, 1))
) strict;

create table procedure_type (
    id                    text not null primary key,
    version               integer not null default 1 check (version >= 1),
    name                  text not null,
    specialty             text,
    setup_min             integer not null,
    procedure_min         integer not null,
    cleanup_min           integer not null,
    required_capabilities text not null default '[]',
    required_kinds        text not null default '[]',
    laterality_required   integer not null default 0 check (laterality_required in (0, 1)),
    retired               integer not null default 0 check (retired in (0, 1)),

    constraint procedure_type_minutes check (
        setup_min >= 0 and procedure_min >= 1 and cleanup_min >= 0
        and setup_min + procedure_min + cleanup_min <= 1440)
) strict;

create table reason (
    code         text not null primary key,
    version      integer not null default 1 check (version >= 1),
    name         text not null,
    reason_group text not null check (reason_group in (
        'PATIENT', 'CLINICAL', 'FACILITY', 'STAFF', 'EQUIPMENT', 'EMERGENCY', 'ADMIN')),
    avoidable    integer not null check (avoidable in (0, 1)),
    fhir_code    text not null,
    retired      integer not null default 0 check (retired in (0, 1))
) strict;

create table session_template (
    id                  text not null primary key,
    version             integer not null check (version >= 1),
    theatre_id          text not null references theatre (id),
    owner_kind          text not null,
    owner_surgeon       text references staff (id),
    owner_specialty     text,
    anaesthetist        integer not null check (anaesthetist in (0, 1)),
    general_anaesthesia integer not null check (general_anaesthesia in (0, 1)),
    paediatric          integer not null check (paediatric in (0, 1)),
    weekday             integer not null check (weekday between 1 and 7),
    start_minute        integer not null check (start_minute between 0 and 1439),
    end_minute          integer not null check (end_minute between 0 and 1439),
    every_weeks         integer check (every_weeks between 1 and 4),
    weeks_of_month      text,            -- [1, 3]
    first_date          text not null,   -- yyyy-mm-dd
    last_date           text,
    release_before_us   integer check (release_before_us >= 0),

    constraint session_template_recurs_one_way check (
        (every_weeks is null) <> (weeks_of_month is null)),
    constraint session_template_owner check (
        owner_kind = 'SURGEON' and owner_surgeon is not null and owner_specialty is null
        or owner_kind = 'SPECIALTY' and owner_surgeon is null and owner_specialty is not null
        or owner_kind in ('EMERGENCY', 'OPEN') and owner_surgeon is null and owner_specialty is null)
) strict;

create table session (
    id                  text not null primary key,
    version             integer not null check (version >= 1),
    theatre_id          text not null references theatre (id),
    start_us            integer not null,
    end_us              integer not null,
    owner_kind          text not null,
    owner_surgeon       text references staff (id),
    owner_specialty     text,
    anaesthetist        integer not null check (anaesthetist in (0, 1)),
    general_anaesthesia integer not null check (general_anaesthesia in (0, 1)),
    paediatric          integer not null check (paediatric in (0, 1)),
    release_at_us       integer,
    state               text not null check (state in ('PLANNED', 'RELEASED', 'CANCELLED')),
    template_id         text references session_template (id),
    template_date       text,            -- yyyy-mm-dd
    note                text not null,

    -- 48 hours bound every search for what overlaps.
    constraint session_range check (start_us < end_us and end_us - start_us <= 172800000000),
    constraint session_template_is_whole check ((template_id is null) = (template_date is null)),
    constraint session_owner check (
        owner_kind = 'SURGEON' and owner_surgeon is not null and owner_specialty is null
        or owner_kind = 'SPECIALTY' and owner_surgeon is null and owner_specialty is not null
        or owner_kind in ('EMERGENCY', 'OPEN') and owner_surgeon is null and owner_specialty is null)
) strict;

create index session_by_theatre on session (theatre_id, start_us);
create index session_by_start on session (start_us, id);
create index session_by_surgeon on session (owner_surgeon, start_us) where owner_surgeon is not null;
create unique index session_once_per_template_date on session (template_id, template_date)
    where template_id is not null;

-- no two sessions in one theatre at once, cancelled ones apart.
create trigger session_no_overlap_insert before insert on session when new.state <> 'CANCELLED' begin
    select raise(abort, 'no_overlap') where exists (
        select 1 from session s
        where s.theatre_id = new.theatre_id and s.state <> 'CANCELLED'
          and s.start_us < new.end_us and s.start_us > new.start_us - 172800000000
          and s.end_us > new.start_us and s.id <> new.id);
end;
create trigger session_no_overlap_update before update on session when new.state <> 'CANCELLED' begin
    select raise(abort, 'no_overlap') where exists (
        select 1 from session s
        where s.theatre_id = new.theatre_id and s.state <> 'CANCELLED'
          and s.start_us < new.end_us and s.start_us > new.start_us - 172800000000
          and s.end_us > new.start_us and s.id <> new.id);
end;

-- closures of theatres, absences of staff, units that are away.
create table unavailability (
    id       text not null primary key,
    version  integer not null check (version >= 1),
    kind     integer not null check (kind in (1, 2, 4)),  -- as in occupancy
    resource text not null,
    start_us integer not null,
    end_us   integer not null,
    reason   text not null,

    constraint unavailability_range check (start_us < end_us)
) strict;

create index unavailability_by_resource on unavailability (kind, resource, end_us);

create table surgical_case (
    id                    text not null primary key,
    version               integer not null check (version >= 1),
    patient_id            text not null,
    procedure             text not null,  -- what is done
    procedure_type_id     text references procedure_type (id),
    condition             text not null,  -- what it is done for
    search_text           text not null,  -- both in lower case, to search in
    specialty             text,
    laterality            text not null check (laterality in (
        'UNSPECIFIED', 'NOT_APPLICABLE', 'LEFT', 'RIGHT', 'BILATERAL')),
    urgency               integer not null check (urgency between 1 and 5),  -- 1 immediate, 5 elective
    anaesthesia           text not null check (anaesthesia in (
        'GENERAL', 'REGIONAL', 'SEDATION', 'LOCAL', 'NONE')),
    decided_at_us         integer not null,  -- the decision to operate: waiting time runs from here
    target_at_us          integer,

    -- the footprint: how long the case takes its theatre for, planned or not.
    setup_min             integer not null,
    procedure_min         integer not null,
    cleanup_min           integer not null,

    required_capabilities text not null,     -- ["laminar-flow"]
    notes                 text not null,
    state                 text not null,

    -- the plan: theatre and start once there is a slot, neither before.
    theatre_id            text references theatre (id),
    start_us              integer,
    session_id            text references session (id),

    -- what really happened.
    wheels_in_us          integer,
    anaesthesia_ready_us  integer,
    knife_to_skin_us      integer,
    closed_us             integer,
    wheels_out_us         integer,
    recovery_out_us       integer,
    theatre_clean_us      integer,

    -- why it does not take place.
    cancel_reason         text references reason (code),
    cancel_note           text,
    cancelled_at_us       integer,
    day_of_surgery        integer check (day_of_surgery in (0, 1)),
    aborted               integer check (aborted in (0, 1)),

    overrides             text not null,     -- [{"rule","reason","author","at_us"}]
    postponements         integer not null check (postponements >= 0),
    import_key            text,
    created_us            integer not null,
    updated_us            integer not null,

    constraint surgical_case_state check (state in (
        'REQUESTED', 'SCHEDULED', 'CONFIRMED', 'IN_THEATRE',
        'IN_RECOVERY', 'COMPLETED', 'POSTPONED', 'CANCELLED')),
    constraint surgical_case_plan_is_whole check (
        (theatre_id is null) = (start_us is null)
        and (session_id is null or start_us is not null)),
    -- a waiting case has no slot; a cancelled one may keep the slot it had; any other has one.
    constraint surgical_case_plan_fits_state check (
        state = 'CANCELLED'
        or (start_us is null) = (state in ('REQUESTED', 'POSTPONED'))),
    constraint surgical_case_cancellation_fits_state check (
        (state = 'CANCELLED') = (cancel_reason is not null)
        and (cancel_reason is null) = (cancel_note is null)
        and (cancel_reason is null) = (cancelled_at_us is null)
        and (cancel_reason is null) = (day_of_surgery is null)
        and (cancel_reason is null) = (aborted is null)),
    constraint surgical_case_minutes check (
        setup_min >= 0 and procedure_min >= 1 and cleanup_min >= 0
        and setup_min + procedure_min + cleanup_min <= 1440)
) strict;

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

-- with which equipment.
create table case_unit (
    case_id text not null references surgical_case (id),
    unit_id text not null references equipment_unit (id),

    primary key (case_id, unit_id)
) strict, without rowid;

insert into site (id, name, time_zone) select id, name, time_zone from old_site;
-- nothing was said of opening hours: around the clock, as nothing was refused.
insert into theatre (id, site_id, name, list_order, state, opening)
    select id, site_id, name, list_order, iif(retired_us is null, 'OPEN', 'RETIRED'),
           '[[1,0,0],[2,0,0],[3,0,0],[4,0,0],[5,0,0],[6,0,0],[7,0,0]]'
    from old_theatre;
insert into staff (id, display_name, retired, roles)
    select s.id, s.display_name, s.retired_us is not null,
           (select json_group_array(distinct t.role) from old_case_team t where t.staff_id = s.id)
    from old_staff s;
insert into reason (code, name, reason_group, avoidable, fhir_code, retired)
    select 'NOT_RECORDED', 'Reason not recorded', 'ADMIN', 0, 'other', 1
    where exists (select 1 from old_surgical_case where state = 'CANCELLED');
insert into surgical_case (
    id, version, patient_id, procedure, condition, search_text, laterality, urgency, anaesthesia,
    decided_at_us, setup_min, procedure_min, cleanup_min, required_capabilities, notes, state,
    theatre_id, start_us, cancel_reason, cancel_note, cancelled_at_us, day_of_surgery, aborted,
    overrides, postponements, created_us, updated_us)
    select id, 1, patient_id, procedure, condition, lower(procedure || char(10) || condition),
           'UNSPECIFIED', 5, 'GENERAL', decided_at_us, setup_min, procedure_min, cleanup_min,
           '[]', '', state, theatre_id, start_us,
           iif(state = 'CANCELLED', 'NOT_RECORDED', null), iif(state = 'CANCELLED', '', null),
           iif(state = 'CANCELLED', coalesce(start_us, decided_at_us), null),
           iif(state = 'CANCELLED', 0, null), iif(state = 'CANCELLED', 0, null),
           '[]', state = 'POSTPONED', decided_at_us, decided_at_us
    from old_surgical_case;
insert into case_team (case_id, staff_id, role) select case_id, staff_id, role from old_case_team;

drop table old_case_team;
drop table old_surgical_case;
drop table old_theatre;
drop table old_staff;
drop table old_site;
drop table patient;  -- it held the numbers alone, and they are in the cases

create index surgical_case_by_patient on surgical_case (patient_id);
create index surgical_case_by_theatre on surgical_case (theatre_id, start_us);
-- lists: a case without a plan comes last, as if planned at the end of time.
create index surgical_case_by_start on surgical_case (coalesce(start_us, 253402207200999999), id);
create index surgical_case_by_decision on surgical_case (decided_at_us, id);
create index surgical_case_waiting on surgical_case (
    urgency, coalesce(target_at_us, 253402207200999999), decided_at_us, id)
    where state in ('REQUESTED', 'POSTPONED');
create index surgical_case_by_session on surgical_case (session_id) where session_id is not null;
-- reports look at what happened too, wherever it was planned.
create index surgical_case_by_wheels_in on surgical_case (theatre_id, wheels_in_us, start_us)
    where wheels_in_us is not null;
create index surgical_case_cancelled on surgical_case (theatre_id, cancelled_at_us)
    where cancelled_at_us is not null;
create index surgical_case_by_procedure_type on surgical_case (procedure_type_id)
    where procedure_type_id is not null;
create unique index surgical_case_imported_once on surgical_case (import_key)
    where import_key is not null;
create unique index case_team_one_primary_surgeon on case_team (case_id)
    where role = 'PRIMARY_SURGEON';
create index case_team_by_staff on case_team (staff_id, case_id);
create index case_unit_by_unit on case_unit (unit_id);

-- what cases hold: the one table behind every rule against double booking. one row for each
-- resource of a case that is SCHEDULED, CONFIRMED or IN_THEATRE, none for any other case.
--   kind: 1 theatre, 2 staff, 3 patient, 4 equipment unit
create table occupancy (
    case_id  text not null references surgical_case (id),
    kind     integer not null check (kind between 1 and 4),
    resource text not null,
    start_us integer not null,
    end_us   integer not null,

    primary key (case_id, kind, resource),
    -- an empty range would overlap nothing; 48 hours bound every search for what overlaps.
    constraint occupancy_range check (start_us < end_us and end_us - start_us <= 172800000000)
) strict, without rowid;

create index occupancy_by_resource on occupancy (kind, resource, start_us, end_us);

create trigger occupancy_no_overlap_insert before insert on occupancy begin
    select raise(abort, 'no_overlap') where exists (
        select 1 from occupancy o
        where o.kind = new.kind and o.resource = new.resource
          and o.start_us < new.end_us and o.start_us > new.start_us - 172800000000
          and o.end_us > new.start_us);
end;
create trigger occupancy_no_overlap_update before update on occupancy begin
    select raise(abort, 'no_overlap') where exists (
        select 1 from occupancy o
        where o.kind = new.kind and o.resource = new.resource
          and o.start_us < new.end_us and o.start_us > new.start_us - 172800000000
          and o.end_us > new.start_us
          and (o.case_id <> old.case_id or o.kind <> old.kind or o.resource <> old.resource));
end;

-- who did what, and from which account that was proven. rows are added and never touched again.
create table audit_event (
    seq         integer not null primary key,
    at_us       integer not null,
    method      text not null,
    resource    text not null,
    account     text not null,
    transport   text not null,
    person      text not null,
    request_id  text not null,
    etag_before text not null,
    etag_after  text not null,
    changes     text not null,  -- [{"field","before","after"}]
    reason      text not null,
    outcome     text not null check (outcome in ('OK', 'DENIED')),
    prev_hash   blob not null check (length(prev_hash) = 32),
    hash        blob not null check (length(hash) = 32)
) strict;

create index audit_event_by_resource on audit_event (resource, seq);

create trigger audit_event_no_update before update on audit_event begin
    select raise(abort, 'the audit is append-only');
end;
create trigger audit_event_no_delete before delete on audit_event begin
    select raise(abort, 'the audit is append-only');
end;

-- what has changed, in the order of the commits, for those who watch.
create table change_log (
    seq             integer not null primary key,
    at_us           integer not null,
    kind            text not null,
    id              text not null,
    theatre_before  text,
    start_us_before integer,
    end_us_before   integer,
    theatre_after   text,
    start_us_after  integer,
    end_us_after    integer
) strict;

-- what was answered, for requests that are sent again.
create table request_log (
    principal    text not null,
    request_id   text not null,
    method       text not null,
    request_hash blob not null check (length(request_hash) = 32),
    response     blob not null,
    at_us        integer not null,

    primary key (principal, request_id)
) strict;

create index request_log_by_age on request_log (at_us);

-- where the three counted things stand: one row. whoever writes has it.
create table head (
    only_row          integer not null primary key check (only_row = 1),
    hospital_revision integer not null,
    change_seq        integer not null,
    audit_seq         integer not null,
    audit_hash        blob not null check (length(audit_hash) = 32)
) strict;
insert into head values (1, 1, 0, 0, zeroblob(32));

-- the key under which page tokens are sealed.
create table token_key (
    only_row integer not null primary key check (only_row = 1),
    key      blob not null check (length(key) = 32)
) strict;
