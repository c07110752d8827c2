//! Disks that outlive machines: files of this computer as loop devices, known in a machine by the names that Compute Engine gives them.

use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

use super::Machine;

/// Room for an authority's state or a small hospital; what nothing is written to takes no room here.
const DISK_BYTES: u64 = 64 * 1024 * 1024;

/// Disks, attached. Dropping them detaches them, which has to come after their machines.
pub(super) struct Disks {
    devices: Vec<String>,
}

impl Disks {
    /// New disks of these machines. `enter` finds each at `FOLDER/by-id/MACHINE/google-DEVICE`.
    pub(super) fn attach(folder: &Path, machines: &[Machine]) -> Self {
        let mut disks = Self {
            devices: Vec::new(),
        };
        for machine in machines {
            let by_id = folder.join("by-id").join(&machine.name);
            fs::create_dir_all(&by_id).expect("a folder");
            for disk in &machine.disks {
                let file = folder.join(format!("{}.img", disk.name));
                let made = fs::File::create(&file).and_then(|file| file.set_len(DISK_BYTES));
                made.expect("a file");
                let device = loop_device(&file);
                let link = by_id.join(format!("google-{}", disk.device));
                symlink(&device, link).expect("a link");
                disks.devices.push(device);
            }
        }
        disks
    }
}

impl Drop for Disks {
    fn drop(&mut self) {
        for device in &self.devices {
            // Nothing to do about a failure here.
            drop(losetup(&["--detach", device]));
        }
    }
}

fn loop_device(file: &Path) -> String {
    let shown = losetup(&["--find", "--show", &file.display().to_string()]);
    let shown = shown.unwrap_or_else(|why| panic!("losetup (Debian: mount): {why}"));
    shown.trim().to_owned()
}

fn losetup(words: &[&str]) -> Result<String, String> {
    let output = Command::new("losetup").args(words).output();
    let output = output.map_err(|why| why.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
