-- the whole hospital. migrations/sqlite says the same in sqlite's words, in two steps.
--
-- conventions: instants are microseconds since 1970-01-01 utc (`_us`), durations whole minutes
-- (`_min`), identifiers text as the hospital writes them, compared byte by byte. lists that are
-- never searched by are json. nothing that is referred to is ever deleted; it is retired.

-- equality and overlap in one index; ships with postgresql's own packages.
create extension if not exists btree_gist;

create table site (
    id        text collate "C" not null primary key,
    version   bigint not null default 1 check (version >= 1),
    name      text not null,
    time_zone text not null  -- iana name, e.g. Europe/London
);

create table theatre (
    id           text collate "C" not null primary key,
    version      bigint not null default 1 check (version >= 1),
    site_id      text collate "C" not null references site (id),
    name         text not null,
    list_order   bigint not null,
    state        text not null default 'OPEN' check (state in ('OPEN', 'MAINTENANCE', 'RETIRED')),
    turnover_min bigint not null default 0 check (turnover_min between 0 and 1440),
    capabilities text not null default '[]',  -- ["laminar-flow"]
    opening      text not null default '[]'   -- [[weekday 1 to 7, open minute, close minute]]
);

create table staff (
    id           text collate "C" not null primary key,
    version      bigint not null default 1 check (version >= 1),
    display_name text not null,
    specialty    text collate "C",
    roles        text not null default '[]',  -- ["PRIMARY_SURGEON"]
    retired      boolean not null default false,
    placeholder  boolean not null default false
);

create table equipment_unit (
    id            text collate "C" not null primary key,
    version       bigint not null default 1 check (version >= 1),
    kind          text collate "C" not null,
    name          text not null,
    reprocess_min bigint not null default 0 check (reprocess_min between 0 and 1440),
    retired       boolean not null default false
);

create table procedure_type (
    id                    text collate "C" not null primary key,
    version               bigint not null default 1 check (version >= 1),
    name                  text not null,
    specialty             text collate "C",
    setup_min             bigint not null,
    procedure_min         bigint not null,
    cleanup_min           bigint not null,
    required_capabilities text not null default '[]',
    required_kinds        text not null default '[]',
    laterality_required   boolean not null default false,
    retired               boolean not null default false,

    constraint procedure_type_minutes check (
        setup_min >= 0 and procedure_min >= 1 and cleanup_min >= 0
        and setup_min + procedure_min + cleanup_min <= 1440)
);

create table reason (
    code         text collate "C" not null primary key,
    version      bigint not null default 1 check (version >= 1),
    name         text not null,
    reason_group text not null check (reason_group in (
        'PATIENT', 'CLINICAL', 'FACILITY', 'STAFF', 'EQUIPMENT', 'EMERGENCY', 'ADMIN')),
    avoidable    boolean not null,
    fhir_code    text not null,
    retired      boolean not null default false
);

create table session_template (
    id                  text collate "C" not null primary key,
    version             bigint not null check (version >= 1),
    theatre_id          text collate "C" not null references theatre (id),
    owner_kind          text not null,
    owner_surgeon       text collate "C" references staff (id),
    owner_specialty     text collate "C",
    anaesthetist        boolean not null,
    general_anaesthesia boolean not null,
    paediatric          boolean not null,
    weekday             bigint not null check (weekday between 1 and 7),
    start_minute        bigint not null check (start_minute between 0 and 1439),
    end_minute          bigint not null check (end_minute between 0 and 1439),
    every_weeks         bigint check (every_weeks between 1 and 4),
    weeks_of_month      text,            -- [1, 3]
    first_date          text not null,   -- yyyy-mm-dd
    last_date           text,
    release_before_us   bigint check (release_before_us >= 0),

    constraint session_template_recurs_one_way check (
        (every_weeks is null) <> (weeks_of_month is null)),
    constraint session_template_owner check (
        owner_kind = 'SURGEON' and owner_surgeon is not null and owner_specialty is null
        or owner_kind = 'SPECIALTY' and owner_surgeon is null and owner_specialty is not null
        or owner_kind in ('EMERGENCY', 'OPEN') and owner_surgeon is null and owner_specialty is null)
);

create table session (
    id                  text collate "C" not null primary key,
    version             bigint not null check (version >= 1),
    theatre_id          text collate "C" not null references theatre (id),
    start_us            bigint not null,
    end_us              bigint not null,
    owner_kind          text not null,
    owner_surgeon       text collate "C" references staff (id),
    owner_specialty     text collate "C",
    anaesthetist        boolean not null,
    general_anaesthesia boolean not null,
    paediatric          boolean not null,
    release_at_us       bigint,
    state               text not null check (state in ('PLANNED', 'RELEASED', 'CANCELLED')),
    template_id         text collate "C" references session_template (id),
    template_date       text,            -- yyyy-mm-dd
    note                text not null,

    -- 48 hours bound every search for what overlaps.
    constraint session_range check (start_us < end_us and end_us - start_us <= 172800000000),
    -- no two sessions in one theatre at once, cancelled ones apart.
    constraint session_no_overlap exclude using gist (
        theatre_id with =, int8range(start_us, end_us) with &&) where (state <> 'CANCELLED'),
    constraint session_template_is_whole check ((template_id is null) = (template_date is null)),
    constraint session_owner check (
        owner_kind = 'SURGEON' and owner_surgeon is not null and owner_specialty is null
        or owner_kind = 'SPECIALTY' and owner_surgeon is null and owner_specialty is not null
        or owner_kind in ('EMERGENCY', 'OPEN') and owner_surgeon is null and owner_specialty is null)
);

create index session_by_theatre on session (theatre_id, start_us);
create index session_by_start on session (start_us, id);
create index session_by_surgeon on session (owner_surgeon, start_us) where owner_surgeon is not null;
create unique index session_once_per_template_date on session (template_id, template_date)
    where template_id is not null;

-- closures of theatres, absences of staff, units that are away.
create table unavailability (
    id       text collate "C" not null primary key,
    version  bigint not null check (version >= 1),
    kind     bigint not null check (kind in (1, 2, 4)),  -- as in occupancy
    resource text collate "C" not null,
    start_us bigint not null,
    end_us   bigint not null,
    reason   text not null,

    constraint unavailability_range check (start_us < end_us)
);

create index unavailability_by_resource on unavailability (kind, resource, end_us);

create table surgical_case (
    id                    text collate "C" not null primary key,
    version               bigint not null check (version >= 1),
    patient_id            text collate "C" not null,
    procedure             text not null,  -- what is done
    procedure_type_id     text collate "C" references procedure_type (id),
    condition             text not null,  -- what it is done for
    search_text           text not null,  -- both in lower case, to search in
    specialty             text collate "C",
    laterality            text not null check (laterality in (
        'UNSPECIFIED', 'NOT_APPLICABLE', 'LEFT', 'RIGHT', 'BILATERAL')),
    urgency               bigint not null check (urgency between 1 and 5),  -- 1 immediate, 5 elective
    anaesthesia           text not null check (anaesthesia in (
        'GENERAL', 'REGIONAL', 'SEDATION', 'LOCAL', 'NONE')),
    decided_at_us         bigint not null,  -- the decision to operate: waiting time runs from here
    target_at_us          bigint,

    -- the footprint: how long the case takes its theatre for, planned or not.
    setup_min             bigint not null,
    procedure_min         bigint not null,
    cleanup_min           bigint not null,

    required_capabilities text not null,     -- ["laminar-flow"]
    notes                 text not null,
    state                 text not null,

    -- the plan: theatre and start once there is a slot, neither before.
    theatre_id            text collate "C" references theatre (id),
    start_us              bigint,
    session_id            text collate "C" references session (id),

    -- what really happened.
    wheels_in_us          bigint,
    anaesthesia_ready_us  bigint,
    knife_to_skin_us      bigint,
    closed_us             bigint,
    wheels_out_us         bigint,
    recovery_out_us       bigint,
    theatre_clean_us      bigint,

    -- why it does not take place.
    cancel_reason         text collate "C" references reason (code),
    cancel_note           text,
    cancelled_at_us       bigint,
    day_of_surgery        boolean,
    aborted               boolean,

    overrides             text not null,     -- [{"rule","reason","author","at_us"}]
    postponements         bigint not null check (postponements >= 0),
    import_key            text collate "C",
    created_us            bigint not null,
    updated_us            bigint not null,

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
);

-- who does what in a case.
create table case_team (
    case_id  text collate "C" not null references surgical_case (id),
    staff_id text collate "C" not null references staff (id),
    role     text not null,

    primary key (case_id, staff_id, role),
    constraint case_team_role check (role in (
        'PRIMARY_SURGEON', 'ASSISTANT_SURGEON', 'ANAESTHETIST',
        'SCRUB_NURSE', 'CIRCULATING_NURSE'))
);

-- with which equipment.
create table case_unit (
    case_id text collate "C" not null references surgical_case (id),
    unit_id text collate "C" not null references equipment_unit (id),

    primary key (case_id, unit_id)
);

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
    case_id  text collate "C" not null references surgical_case (id),
    kind     bigint not null check (kind between 1 and 4),
    resource text collate "C" not null,
    start_us bigint not null,
    end_us   bigint not null,

    primary key (case_id, kind, resource),
    -- an empty range would overlap nothing; 48 hours bound every search for what overlaps.
    constraint occupancy_range check (start_us < end_us and end_us - start_us <= 172800000000),
    constraint occupancy_no_overlap exclude using gist (
        kind with =, resource with =, int8range(start_us, end_us) with &&)
);

create index occupancy_by_resource on occupancy (kind, resource, start_us, end_us);

-- who did what, and from which account that was proven. rows are added and never touched again.
create table audit_event (
    seq         bigint not null primary key,
    at_us       bigint not null,
    method      text not null,
    resource    text collate "C" not null,
    account     text not null,
    transport   text not null,
    person      text not null,
    request_id  text collate "C" not null,
    etag_before text not null,
    etag_after  text not null,
    changes     text not null,  -- [{"field","before","after"}]
    reason      text not null,
    outcome     text not null check (outcome in ('OK', 'DENIED')),
    prev_hash   bytea not null check (length(prev_hash) = 32),
    hash        bytea not null check (length(hash) = 32)
);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the audit is append-only';
end $$;
create trigger audit_event_no_change before update or delete or truncate on audit_event
    for each statement execute function refuse_change();

create index audit_event_by_resource on audit_event (resource, seq);

-- what has changed, in the order of the commits, for those who watch.
create table change_log (
    seq             bigint not null primary key,
    at_us           bigint not null,
    kind            text collate "C" not null,
    id              text collate "C" not null,
    theatre_before  text,
    start_us_before bigint,
    end_us_before   bigint,
    theatre_after   text,
    start_us_after  bigint,
    end_us_after    bigint
);

-- what was answered, for requests that are sent again.
create table request_log (
    principal    text collate "C" not null,
    request_id   text collate "C" not null,
    method       text not null,
    request_hash bytea not null check (length(request_hash) = 32),
    response     bytea not null,
    at_us        bigint not null,

    primary key (principal, request_id)
);

create index request_log_by_age on request_log (at_us);

-- where the three counted things stand: one row. whoever writes has it.
create table head (
    only_row          bigint not null primary key check (only_row = 1),
    hospital_revision bigint not null,
    change_seq        bigint not null,
    audit_seq         bigint not null,
    audit_hash        bytea not null check (length(audit_hash) = 32)
);
insert into head values (1, 1, 0, 0, decode(repeat('00', 32), 'hex'));

-- whoever moves the count of changes tells every server that listens, once it is committed.
create function tell_changes() returns trigger language plpgsql as $$
begin
    notify ot_booking_changes;
    return null;
end $$;
create trigger head_tells_changes after update on head
    for each row when (old.change_seq <> new.change_seq) execute function tell_changes();

-- the key under which page tokens are sealed.
create table token_key (
    only_row bigint not null primary key check (only_row = 1),
    key      bytea not null check (length(key) = 32)
);

-- what the database was filled with when it was new: one row, written together with the data.
create table seeding (
    only_row  bigint not null primary key check (only_row = 1),
    seed      text not null,
    seeded_us bigint not null
);
