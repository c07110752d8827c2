//! What is done in the demo hospital, and what is needed for it. Durations are invented, of the order
//! that textbooks give; there are no codes, which belong to others.

use booking_domain::{
    Anaesthesia::{self, General, Local, Regional, Sedation},
    BloodUnits, Footprint,
};

use crate::specialties::{EYES, GENERAL, GYNAECOLOGY, ORTHOPAEDICS, UROLOGY};

/// From how many minutes on blood is made ready.
const LONG_MIN: u16 = 80;

/// What is done, and what is needed for it.
#[derive(Debug)]
pub(crate) struct Procedure {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) condition: &'static str,
    pub(crate) specialty: &'static str,
    /// Setup, procedure, cleanup; minutes.
    pub(crate) takes: (u16, u16, u16),
    pub(crate) anaesthesia: Anaesthesia,
    pub(crate) sided: bool,
    pub(crate) kind: Option<&'static str>,
    pub(crate) capability: Option<&'static str>,
    /// Short and safe enough to go home the same day.
    pub(crate) day_case: bool,
    /// Comes as an emergency and on no list.
    pub(crate) emergency: bool,
}

/// Shorter to read as a table.
#[expect(clippy::too_many_arguments, reason = "a row of the table below")]
const fn row(
    id: &'static str,
    name: &'static str,
    condition: &'static str,
    specialty: &'static str,
    takes: (u16, u16, u16),
    anaesthesia: Anaesthesia,
    needs: (bool, Option<&'static str>, Option<&'static str>),
    of: (bool, bool),
) -> Procedure {
    let (sided, kind, capability) = needs;
    let (day_case, emergency) = of;
    Procedure {
        id,
        name,
        condition,
        specialty,
        takes,
        anaesthesia,
        sided,
        kind,
        capability,
        day_case,
        emergency,
    }
}

const ONE: (bool, Option<&str>, Option<&str>) = (false, None, None);
const SIDED: (bool, Option<&str>, Option<&str>) = (true, None, None);
const TOWER: (bool, Option<&str>, Option<&str>) = (false, Some("laparoscopy-tower"), None);
const SIDED_TOWER: (bool, Option<&str>, Option<&str>) = (true, Some("laparoscopy-tower"), None);
const BONE: (bool, Option<&str>, Option<&str>) = (true, Some("c-arm"), Some("imaging"));
const JOINT: (bool, Option<&str>, Option<&str>) = (true, None, Some("laminar-flow"));
const EYE: (bool, Option<&str>, Option<&str>) = (true, Some("microscope"), Some("microscope"));
const LIST: (bool, bool) = (false, false);
const DAY: (bool, bool) = (true, false);
const EMERGENCY: (bool, bool) = (false, true);

#[rustfmt::skip] // a table
pub(crate) static PROCEDURES: [Procedure; 26] = [
    row("cholecystectomy", "Laparoscopic cholecystectomy", "Gall bladder stone", GENERAL, (15, 55, 15), General, TOWER, LIST),
    row("hernia-inguinal", "Inguinal hernia repair", "Inguinal hernia", GENERAL, (10, 45, 10), General, SIDED, DAY),
    row("hernia-umbilical", "Umbilical hernia repair", "Umbilical hernia", GENERAL, (10, 35, 10), General, ONE, DAY),
    row("hemicolectomy", "Right hemicolectomy", "Carcinoma of the colon", GENERAL, (20, 140, 20), General, ONE, LIST),
    row("thyroid-lobectomy", "Thyroid lobectomy", "Thyroid nodule", GENERAL, (15, 85, 15), General, SIDED, LIST),
    row("lipoma", "Excision of a lipoma", "Lipoma", GENERAL, (5, 25, 5), Local, ONE, DAY),
    row("hip", "Total hip replacement", "Osteoarthritis of the hip", ORTHOPAEDICS, (20, 85, 20), Regional, JOINT, LIST),
    row("knee", "Total knee replacement", "Osteoarthritis of the knee", ORTHOPAEDICS, (20, 90, 20), Regional, JOINT, LIST),
    row("knee-arthroscopy", "Knee arthroscopy", "Meniscal tear", ORTHOPAEDICS, (10, 35, 10), General, SIDED, LIST),
    row("ankle-fixation", "Ankle fracture fixation", "Fracture of the ankle", ORTHOPAEDICS, (15, 60, 15), General, BONE, LIST),
    row("carpal-tunnel", "Carpal tunnel release", "Carpal tunnel syndrome", ORTHOPAEDICS, (5, 20, 5), Local, SIDED, DAY),
    row("cataract", "Phacoemulsification with lens implant", "Cataract", EYES, (5, 25, 5), Local, EYE, LIST),
    row("cataract-sedation", "Phacoemulsification under sedation", "Cataract", EYES, (5, 30, 5), Sedation, EYE, LIST),
    row("trabeculectomy", "Trabeculectomy", "Glaucoma", EYES, (10, 45, 10), Local, EYE, LIST),
    row("cystoscopy", "Cystoscopy", "Haematuria", UROLOGY, (5, 20, 10), Sedation, ONE, DAY),
    row("turp", "Transurethral resection of the prostate", "Prostatic enlargement", UROLOGY, (15, 50, 15), Regional, ONE, LIST),
    row("ureteroscopy", "Ureteroscopy", "Ureteric stone", UROLOGY, (10, 45, 10), General, BONE, LIST),
    row("circumcision", "Circumcision", "Phimosis", UROLOGY, (5, 30, 10), General, ONE, DAY),
    row("hysteroscopy", "Hysteroscopy", "Postmenopausal bleeding", GYNAECOLOGY, (5, 25, 10), General, ONE, DAY),
    row("hysterectomy", "Laparoscopic hysterectomy", "Uterine fibroids", GYNAECOLOGY, (15, 100, 15), General, TOWER, LIST),
    row("ovarian-cyst", "Laparoscopic ovarian cystectomy", "Ovarian cyst", GYNAECOLOGY, (10, 50, 10), General, SIDED_TOWER, LIST),
    row("appendicectomy", "Appendicectomy", "Acute appendicitis", GENERAL, (10, 50, 15), General, TOWER, EMERGENCY),
    row("laparotomy", "Emergency laparotomy", "Bowel obstruction", GENERAL, (15, 110, 20), General, ONE, EMERGENCY),
    row("abscess", "Drainage of an abscess", "Abscess", GENERAL, (10, 20, 10), General, ONE, EMERGENCY),
    row("hip-fracture", "Hip fracture fixation", "Fracture of the hip", ORTHOPAEDICS, (15, 75, 15), Regional, BONE, EMERGENCY),
    row("ectopic", "Laparoscopic salpingectomy", "Ectopic pregnancy", GYNAECOLOGY, (10, 50, 10), General, SIDED_TOWER, EMERGENCY),
];

impl Procedure {
    pub(crate) fn footprint(&self) -> Footprint {
        let (setup_min, procedure_min, cleanup_min) = self.takes;
        Footprint::new(setup_min, procedure_min, cleanup_min).expect("the table's are within a day")
    }

    /// Ready for what takes long, twice as many where nobody could prepare.
    pub(crate) fn blood_units(&self) -> BloodUnits {
        let (_, procedure_min, _) = self.takes;
        let units = match (procedure_min >= LONG_MIN, self.emergency) {
            (true, true) => 4,
            (true, false) => 2,
            (false, _) => 0,
        };
        BloodUnits::new(units).expect("within its bounds")
    }
}
