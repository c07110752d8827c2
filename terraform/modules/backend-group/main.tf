# Several backends with one account behind one address. The load balancer passes packets through: it cannot read ALTS and does not have to.

variable "project_id" {
  description = "Project that everything is in."
  type        = string
}

variable "region" {
  description = "Region of group and load balancer."
  type        = string
}

variable "zones" {
  description = "Zones that the machines are spread over."
  type        = list(string)
}

variable "prefix" {
  description = "What names begin with."
  type        = string
}

variable "machine_prefix" {
  description = "What the machines' names begin with."
  type        = string
}

variable "size" {
  description = "How many machines."
  type        = number
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
  description = "Image of the boot disks."
  type        = string
}

variable "network" {
  description = "Network of the load balancer."
  type        = string
}

variable "subnetwork" {
  description = "Subnet of machines and load balancer."
  type        = string
}

variable "address" {
  description = "The load balancer's address on the subnet; null lets Google choose."
  type        = string
  default     = null
}

variable "port" {
  description = "Port of the booking service."
  type        = number
}

variable "account" {
  description = "E-mail address of the account that all the machines' programs are."
  type        = string
}

variable "startup_script" {
  description = "What runs as root at every boot."
  type        = string
}

variable "labels" {
  description = "Labels of machines and disks."
  type        = map(string)
}

resource "google_compute_instance_template" "this" {
  project      = var.project_id
  region       = var.region
  name_prefix  = "${var.machine_prefix}-"
  description  = "One backend of the group."
  machine_type = var.machine_type
  labels       = var.labels

  disk {
    boot         = true
    auto_delete  = true
    source_image = var.image
    disk_type    = var.disk_type
    disk_size_gb = 10
    labels       = var.labels
  }

  # Without an access_config block there is no external address.
  network_interface {
    subnetwork = var.subnetwork
  }

  service_account {
    email  = var.account
    scopes = ["https://www.googleapis.com/auth/cloud-platform"]
  }

  shielded_instance_config {
    enable_secure_boot          = true
    enable_vtpm                 = true
    enable_integrity_monitoring = true
  }

  metadata = {
    block-project-ssh-keys = "TRUE"
    enable-osconfig        = "TRUE"
    enable-oslogin         = "TRUE"
    serial-port-enable     = "FALSE"
    startup-script         = var.startup_script
  }

  lifecycle {
    create_before_destroy = true
  }
}

# Whether a backend accepts connections: Google's checks cannot speak ALTS, and the program answers them with nothing.
resource "google_compute_region_health_check" "this" {
  project             = var.project_id
  region              = var.region
  name                = "${var.prefix}-backend"
  check_interval_sec  = 5
  timeout_sec         = 5
  healthy_threshold   = 2
  unhealthy_threshold = 2

  tcp_health_check {
    port = var.port
  }
}

resource "google_compute_region_instance_group_manager" "this" {
  project                   = var.project_id
  region                    = var.region
  name                      = "${var.prefix}-backends"
  base_instance_name        = var.machine_prefix
  target_size               = var.size
  distribution_policy_zones = var.zones

  version {
    instance_template = google_compute_instance_template.this.id
  }

  auto_healing_policies {
    health_check = google_compute_region_health_check.this.id
    # A machine fetches and verifies its programs first.
    initial_delay_sec = 180
  }

  update_policy {
    type                         = "PROACTIVE"
    minimal_action               = "REPLACE"
    instance_redistribution_type = "PROACTIVE"
    max_surge_fixed              = length(var.zones)
    max_unavailable_fixed        = 0
  }
}

resource "google_compute_region_backend_service" "this" {
  project               = var.project_id
  region                = var.region
  name                  = "${var.prefix}-backends"
  protocol              = "TCP"
  load_balancing_scheme = "INTERNAL"
  # As long as a backend drains by itself.
  connection_draining_timeout_sec = 30
  health_checks                   = [google_compute_region_health_check.this.id]

  backend {
    group          = google_compute_region_instance_group_manager.this.instance_group
    balancing_mode = "CONNECTION"
  }
}

resource "google_compute_forwarding_rule" "this" {
  project               = var.project_id
  region                = var.region
  name                  = "${var.prefix}-backends"
  labels                = var.labels
  load_balancing_scheme = "INTERNAL"
  ip_protocol           = "TCP"
  ports                 = [tostring(var.port)]
  network               = var.network
  subnetwork            = var.subnetwork
  ip_address            = var.address
  backend_service       = google_compute_region_backend_service.this.id
}

output "address" {
  description = "What clients connect to."
  value       = google_compute_forwarding_rule.this.ip_address
}

output "group" {
  description = "The group's name."
  value       = google_compute_region_instance_group_manager.this.name
}
