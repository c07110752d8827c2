-- How many units of blood a case wants ready; those that were entered before have asked for none.
alter table surgical_case add column blood_units integer not null default 0
    check (blood_units >= 0);
