# One virtual machine: no external address, verified boot, logins by OS Login alone, its account, its startup script.

locals {
  region    = join("-", slice(split("-", var.zone), 0, 2))
  snapshots = var.state_disk_gb != null && var.snapshot_days != null
}

# What must not go with the machine: a new machine of the same name gets it.
resource "google_compute_disk" "state" {
  count = var.state_disk_gb == null ? 0 : 1

  project = var.project_id
  zone    = var.zone
  name    = "${var.name}-state"
  type    = var.disk_type
  size    = var.state_disk_gb
  labels  = var.labels
  # From when it was made; a disk that is there already stays as it is.
  snapshot = var.snapshot

  lifecycle {
    ignore_changes = [snapshot]
  }
}

# A copy of it every night, which stays when the disk goes.
resource "google_compute_resource_policy" "nightly" {
  count = local.snapshots ? 1 : 0

  project     = var.project_id
  region      = local.region
  name        = "${var.name}-state-nightly"
  description = "A snapshot of the disk ${var.name}-state every night."

  snapshot_schedule_policy {
    schedule {
      daily_schedule {
        days_in_cycle = 1
        start_time    = "02:00" # UTC
      }
    }

    retention_policy {
      max_retention_days    = var.snapshot_days
      on_source_disk_delete = "KEEP_AUTO_SNAPSHOTS"
    }

    snapshot_properties {
      labels            = var.labels
      storage_locations = [local.region]
    }
  }
}

resource "google_compute_disk_resource_policy_attachment" "nightly" {
  count = local.snapshots ? 1 : 0

  project = var.project_id
  zone    = var.zone
  name    = google_compute_resource_policy.nightly[0].name
  disk    = google_compute_disk.state[0].name

  lifecycle {
    # A disk that is made anew has no schedule.
    replace_triggered_by = [google_compute_disk.state[0].disk_id]
  }
}

resource "google_compute_instance" "this" {
  project                   = var.project_id
  zone                      = var.zone
  name                      = var.name
  machine_type              = var.machine_type
  labels                    = var.labels
  deletion_protection       = var.deletion_protection
  allow_stopping_for_update = true

  boot_disk {
    initialize_params {
      image  = var.image
      type   = var.disk_type
      size   = 10
      labels = var.labels
    }
  }

  dynamic "attached_disk" {
    for_each = google_compute_disk.state
    content {
      source      = attached_disk.value.id
      device_name = "state"
    }
  }

  # Without an access_config block there is no external address.
  network_interface {
    subnetwork = var.subnetwork
    network_ip = var.address
  }

  # What the account may do is narrowed by its roles; scopes are the older, coarser means.
  service_account {
    email  = var.account
    scopes = ["https://www.googleapis.com/auth/cloud-platform"]
  }

  shielded_instance_config {
    enable_secure_boot          = true
    enable_vtpm                 = true
    enable_integrity_monitoring = true
  }

  # The script stands here and not in metadata_startup_script, so that a change updates the machine in place of replacing it.
  metadata = {
    block-project-ssh-keys = "TRUE"
    enable-osconfig        = "TRUE"
    enable-oslogin         = "TRUE"
    serial-port-enable     = "FALSE"
    startup-script         = var.startup_script
  }

  lifecycle {
    # Releases of the provider before September 2025 make a new machine for another label of its boot disk. What is on that disk is the
    # machine's and goes with it; the labels are those of the day that it was made.
    ignore_changes = [boot_disk[0].initialize_params[0].labels]
  }
}
