# One virtual machine: no external address, verified boot, logins by OS Login alone, its account, its startup script.

variable "project_id" {
  description = "Project that everything is in."
  type        = string
}

variable "zone" {
  description = "Zone of the machine."
  type        = string
}

variable "name" {
  description = "Name of the machine, which handshakers know it by."
  type        = string
}

variable "machine_type" {
  description = "Compute Engine's machine type."
  type        = string
}

variable "disk_type" {
  description = "Compute Engine's kind of disk that its kind of machine takes."
  type        = string
}

variable "image" {
  description = "Image of the boot disk."
  type        = string
}

variable "subnetwork" {
  description = "Subnet that it is on."
  type        = string
}

variable "address" {
  description = "Its address on the subnet; null lets Google choose."
  type        = string
  default     = null
}

variable "state_disk_gb" {
  description = "Size of the disk that outlives the machine; null for a machine that keeps nothing."
  type        = number
  default     = null
}

variable "account" {
  description = "E-mail address of the account that its programs are."
  type        = string
}

variable "startup_script" {
  description = "What runs as root at every boot."
  type        = string
}

variable "labels" {
  description = "Labels of machine and disks."
  type        = map(string)
}

variable "deletion_protection" {
  description = "Whether Google refuses to delete it."
  type        = bool
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
}

output "name" {
  description = "Its name."
  value       = google_compute_instance.this.name
}

output "address" {
  description = "Its address on the subnet."
  value       = google_compute_instance.this.network_interface[0].network_ip
}
