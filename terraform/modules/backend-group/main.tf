# Several backends with one account behind one address. The load balancer passes packets through: it cannot read ALTS and does not have to.

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

# Where new connections go: Google's checks cannot speak ALTS, and the program answers them with nothing.
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

# When a machine is given up and made anew: long after the balancer stopped asking it. A program that starts again, or a database that
# changes over, mends itself sooner, and a new machine would only have to fetch everything first.
resource "google_compute_region_health_check" "healing" {
  project             = var.project_id
  region              = var.region
  name                = "${var.prefix}-backend-healing"
  check_interval_sec  = 30
  timeout_sec         = 10
  healthy_threshold   = 1
  unhealthy_threshold = 10

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
    health_check = google_compute_region_health_check.healing.id
    # A machine fetches and verifies its programs first, and its account's roles may take minutes to reach everywhere.
    initial_delay_sec = 900
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
