-- an invented hospital for demonstrations: nobody in it exists.
--
-- the case of PT-1204 with DC-3904 is the one that the article's client asks for; the others give
-- past operations, a waiting list, a cancellation and a shared case to look around in. nothing is
-- planned beyond 2024, so that the answers stay what they are. one text for both databases, so
-- instants are written out in microseconds.

insert into site (id, name, time_zone) values
    ('main', 'Invented General Hospital', 'Europe/London');

-- open on weekdays from 07:30 to 18:00.
insert into theatre (id, site_id, name, list_order, opening) values
    ('OT-1', 'main', 'Theatre 1', 1, '[[1,450,1080],[2,450,1080],[3,450,1080],[4,450,1080],[5,450,1080]]'),
    ('OT-2', 'main', 'Theatre 2', 2, '[[1,450,1080],[2,450,1080],[3,450,1080],[4,450,1080],[5,450,1080]]'),
    ('OT-3', 'main', 'Theatre 3 (eyes)', 3, '[[1,450,1080],[2,450,1080],[3,450,1080],[4,450,1080],[5,450,1080]]');

insert into staff (id, display_name, roles) values
    ('DC-3904', 'Demo surgeon, general', '["PRIMARY_SURGEON","ASSISTANT_SURGEON"]'),
    ('DC-2217', 'Demo surgeon, orthopaedic', '["PRIMARY_SURGEON","ASSISTANT_SURGEON"]'),
    ('DC-4410', 'Demo surgeon, eyes', '["PRIMARY_SURGEON","ASSISTANT_SURGEON"]'),
    ('DC-1180', 'Demo anaesthetist', '["ANAESTHETIST"]'),
    ('DC-1195', 'Demo anaesthetist, second', '["ANAESTHETIST"]'),
    ('NU-0451', 'Demo scrub nurse', '["SCRUB_NURSE","CIRCULATING_NURSE"]'),
    ('NU-0467', 'Demo scrub nurse, second', '["SCRUB_NURSE","CIRCULATING_NURSE"]'),
    ('NU-0502', 'Demo circulating nurse', '["CIRCULATING_NURSE"]');

insert into surgical_case (
    id, version, patient_id, procedure, condition, search_text, laterality, urgency, anaesthesia,
    decided_at_us, setup_min, procedure_min, cleanup_min, required_capabilities, notes, state,
    theatre_id, start_us, cancel_reason, cancel_note, cancelled_at_us, day_of_surgery, aborted,
    overrides, postponements, created_us, updated_us
) values
    -- the article's: 2024-06-01, 11:30 on the wall clock, in summer time.
    ('case-0001', 1, 'PT-1204', 'Laparoscopic cholecystectomy', 'Gall bladder stone',
     'laparoscopic cholecystectomy
gall bladder stone',
     'NOT_APPLICABLE', 5, 'GENERAL', 1713345000000000, 20, 75, 15, '[]', '', 'COMPLETED',
     'OT-1', 1717237800000000, null, null, null, null, null,
     '[]', 0, 1713345000000000, 1713345000000000),
    ('case-0002', 1, 'PT-1187', 'Inguinal hernia repair', 'Inguinal hernia, right',
     'inguinal hernia repair
inguinal hernia, right',
     'RIGHT', 5, 'GENERAL', 1709128800000000, 15, 60, 15, '[]', '', 'COMPLETED',
     'OT-1', 1717228800000000, null, null, null, null, null,
     '[]', 0, 1709128800000000, 1709128800000000),
    ('case-0003', 1, 'PT-1187', 'Umbilical hernia repair', 'Umbilical hernia',
     'umbilical hernia repair
umbilical hernia',
     'NOT_APPLICABLE', 5, 'GENERAL', 1714991400000000, 15, 45, 15, '[]', '', 'POSTPONED',
     null, null, null, null, null, null, null,
     '[]', 1, 1714991400000000, 1714991400000000),
    ('case-0004', 1, 'PT-1219', 'Total knee replacement', 'Osteoarthritis of the knee, left',
     'total knee replacement
osteoarthritis of the knee, left',
     'LEFT', 5, 'REGIONAL', 1698925500000000, 30, 105, 25, '[]', '', 'COMPLETED',
     'OT-2', 1717227000000000, null, null, null, null, null,
     '[]', 0, 1698925500000000, 1698925500000000),
    ('case-0005', 1, 'PT-1219', 'Total knee replacement', 'Osteoarthritis of the knee, right',
     'total knee replacement
osteoarthritis of the knee, right',
     'RIGHT', 5, 'REGIONAL', 1718724000000000, 30, 105, 25, '[]', '', 'REQUESTED',
     null, null, null, null, null, null, null,
     '[]', 0, 1718724000000000, 1718724000000000),
    ('case-0006', 1, 'PT-1231', 'Appendicectomy', 'Recurrent appendicitis',
     'appendicectomy
recurrent appendicitis',
     'NOT_APPLICABLE', 5, 'GENERAL', 1716281700000000, 15, 50, 15, '[]', '', 'CANCELLED',
     'OT-1', 1717401600000000, 'PATIENT_UNFIT', '', 1717397400000000, true, false,
     '[]', 0, 1716281700000000, 1716281700000000),
    ('case-0007', 1, 'PT-1240', 'Phacoemulsification with lens implant', 'Cataract, left eye',
     'phacoemulsification with lens implant
cataract, left eye',
     'LEFT', 5, 'LOCAL', 1715605500000000, 10, 25, 10, '[]', '', 'REQUESTED',
     null, null, null, null, null, null, null,
     '[]', 0, 1715605500000000, 1715605500000000),
    ('case-0008', 1, 'PT-1255', 'Open reduction and fixation', 'Ankle fracture, right',
     'open reduction and fixation
ankle fracture, right',
     'RIGHT', 4, 'GENERAL', 1717443600000000, 25, 90, 20, '[]', '', 'COMPLETED',
     'OT-2', 1717485300000000, null, null, null, null, null,
     '[]', 0, 1717443600000000, 1717443600000000),
    ('case-0009', 1, 'PT-1262', 'Excision of skin lesion', 'Lesion of the forearm',
     'excision of skin lesion
lesion of the forearm',
     'UNSPECIFIED', 5, 'LOCAL', 1704794400000000, 10, 30, 10, '[]', '', 'COMPLETED',
     'OT-3', 1707728400000000, null, null, null, null, null,
     '[]', 0, 1704794400000000, 1704794400000000);

insert into case_team (case_id, staff_id, role) values
    ('case-0001', 'DC-3904', 'PRIMARY_SURGEON'),
    ('case-0001', 'DC-1180', 'ANAESTHETIST'),
    ('case-0001', 'NU-0451', 'SCRUB_NURSE'),
    ('case-0001', 'NU-0502', 'CIRCULATING_NURSE'),
    ('case-0002', 'DC-3904', 'PRIMARY_SURGEON'),
    ('case-0002', 'DC-1180', 'ANAESTHETIST'),
    ('case-0002', 'NU-0451', 'SCRUB_NURSE'),
    ('case-0003', 'DC-3904', 'PRIMARY_SURGEON'),
    ('case-0004', 'DC-2217', 'PRIMARY_SURGEON'),
    ('case-0004', 'DC-1195', 'ANAESTHETIST'),
    ('case-0004', 'NU-0467', 'SCRUB_NURSE'),
    ('case-0005', 'DC-2217', 'PRIMARY_SURGEON'),
    ('case-0006', 'DC-3904', 'PRIMARY_SURGEON'),
    ('case-0007', 'DC-4410', 'PRIMARY_SURGEON'),
    ('case-0008', 'DC-2217', 'PRIMARY_SURGEON'),
    ('case-0008', 'DC-3904', 'ASSISTANT_SURGEON'),
    ('case-0008', 'DC-1180', 'ANAESTHETIST'),
    ('case-0008', 'NU-0467', 'SCRUB_NURSE'),
    ('case-0009', 'DC-3904', 'PRIMARY_SURGEON'),
    ('case-0009', 'NU-0451', 'SCRUB_NURSE');
