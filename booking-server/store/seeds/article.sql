-- an invented hospital for demonstrations: nobody in it exists.
--
-- the case of PT-1204 with DC-3904 is the one that the article's client asks for; the others give
-- past operations, a waiting list, a cancellation and a shared case to look around in. nothing is
-- planned beyond 2024, so that the answers stay what they are.

insert into site (id, name, time_zone) values
    ('main', 'Invented General Hospital', 'Europe/London');

insert into theatre (id, site_id, name, list_order) values
    ('OT-1', 'main', 'Theatre 1', 1),
    ('OT-2', 'main', 'Theatre 2', 2),
    ('OT-3', 'main', 'Theatre 3 (eyes)', 3);

insert into staff (id, display_name) values
    ('DC-3904', 'Demo surgeon, general'),
    ('DC-2217', 'Demo surgeon, orthopaedic'),
    ('DC-4410', 'Demo surgeon, eyes'),
    ('DC-1180', 'Demo anaesthetist'),
    ('DC-1195', 'Demo anaesthetist, second'),
    ('NU-0451', 'Demo scrub nurse'),
    ('NU-0467', 'Demo scrub nurse, second'),
    ('NU-0502', 'Demo circulating nurse');

insert into patient (id) values
    ('PT-1187'), ('PT-1204'), ('PT-1219'), ('PT-1231'), ('PT-1240'), ('PT-1255'), ('PT-1262');

insert into surgical_case (
    id, patient_id, procedure, condition, state, decided_at_us,
    theatre_id, start_us, setup_min, procedure_min, cleanup_min
) values
    -- the article's: 11:30 on the wall clock, in summer time.
    ('case-0001', 'PT-1204', 'Laparoscopic cholecystectomy', 'Gall bladder stone', 'COMPLETED',
     unixepoch('2024-04-17 09:10') * 1000000,
     'OT-1', unixepoch('2024-06-01 10:30') * 1000000, 20, 75, 15),
    ('case-0002', 'PT-1187', 'Inguinal hernia repair', 'Inguinal hernia, right', 'COMPLETED',
     unixepoch('2024-02-28 14:00') * 1000000,
     'OT-1', unixepoch('2024-06-01 08:00') * 1000000, 15, 60, 15),
    ('case-0003', 'PT-1187', 'Umbilical hernia repair', 'Umbilical hernia', 'POSTPONED',
     unixepoch('2024-05-06 10:30') * 1000000,
     null, null, 15, 45, 15),
    ('case-0004', 'PT-1219', 'Total knee replacement', 'Osteoarthritis of the knee, left',
     'COMPLETED', unixepoch('2023-11-02 11:45') * 1000000,
     'OT-2', unixepoch('2024-06-01 07:30') * 1000000, 30, 105, 25),
    ('case-0005', 'PT-1219', 'Total knee replacement', 'Osteoarthritis of the knee, right',
     'REQUESTED', unixepoch('2024-06-18 15:20') * 1000000,
     null, null, 30, 105, 25),
    ('case-0006', 'PT-1231', 'Appendicectomy', 'Recurrent appendicitis', 'CANCELLED',
     unixepoch('2024-05-21 08:55') * 1000000,
     'OT-1', unixepoch('2024-06-03 08:00') * 1000000, 15, 50, 15),
    ('case-0007', 'PT-1240', 'Phacoemulsification with lens implant', 'Cataract, left eye',
     'REQUESTED', unixepoch('2024-05-13 13:05') * 1000000,
     null, null, 10, 25, 10),
    ('case-0008', 'PT-1255', 'Open reduction and fixation', 'Ankle fracture, right', 'COMPLETED',
     unixepoch('2024-06-03 19:40') * 1000000,
     'OT-2', unixepoch('2024-06-04 07:15') * 1000000, 25, 90, 20),
    ('case-0009', 'PT-1262', 'Excision of skin lesion', 'Lesion of the forearm', 'COMPLETED',
     unixepoch('2024-01-09 10:00') * 1000000,
     'OT-3', unixepoch('2024-02-12 09:00') * 1000000, 10, 30, 10);

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
