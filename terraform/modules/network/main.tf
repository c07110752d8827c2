# A network of its own, and who may reach whom on it. Rules name service accounts, not tags or ranges: the account that a packet's
# machine must have is the same that ALTS then proves, so a machine cannot slip in by a label that somebody with less power may set.

locals {
  network    = var.existing == null ? google_compute_network.this[0].id : var.existing.network
  subnetwork = var.existing == null ? google_compute_subnetwork.this[0].id : var.existing.subnetwork

  # Where Google's Identity-Aware Proxy forwards from.
  iap_range = "35.235.240.0/20"
  # Where Google's health checks come from.
  health_check_ranges = ["35.191.0.0/16", "130.211.0.0/22"]
}

resource "google_compute_network" "this" {
  count = var.existing == null ? 1 : 0

  project                 = var.project_id
  name                    = "${var.prefix}-network"
  auto_create_subnetworks = false
  routing_mode            = "REGIONAL"
}

resource "google_compute_subnetwork" "this" {
  count = var.existing == null ? 1 : 0

  project       = var.project_id
  region        = var.region
  name          = "${var.prefix}-subnet"
  network       = google_compute_network.this[0].id
  ip_cidr_range = var.subnet_range
  # Machines without an external address reach Google's APIs, and nothing else unless there is a NAT.
  private_ip_google_access = true

  log_config {
    aggregation_interval = "INTERVAL_10_MIN"
    flow_sampling        = 0.5
    metadata             = "INCLUDE_ALL_METADATA"
  }
}

# Reserved, so that a machine keeps its address when it is replaced, and that others may be told of it before it exists.
resource "google_compute_address" "this" {
  for_each = var.hosts

  project      = var.project_id
  region       = var.region
  name         = "${var.prefix}-${each.key}"
  address_type = "INTERNAL"
  subnetwork   = local.subnetwork
  address      = var.existing == null ? cidrhost(var.subnet_range, each.value) : null
}

resource "google_compute_firewall" "booking" {
  project     = var.project_id
  name        = "${var.prefix}-allow-booking"
  description = "The front end's account reaches the booking service; nobody else does."
  network     = local.network
  direction   = "INGRESS"
  priority    = 1000

  source_service_accounts = [var.accounts["client"]]
  target_service_accounts = [var.accounts["server"]]

  allow {
    protocol = "tcp"
    ports    = [tostring(var.booking_port)]
  }

  log_config {
    metadata = "INCLUDE_ALL_METADATA"
  }
}

resource "google_compute_firewall" "authority" {
  count = var.authority_port == null ? 0 : 1

  project     = var.project_id
  name        = "${var.prefix}-allow-authority"
  description = "Both machines' handshakers reach the signing authority."
  network     = local.network
  direction   = "INGRESS"
  priority    = 1000

  source_service_accounts = [var.accounts["client"], var.accounts["server"]]
  target_service_accounts = [var.accounts["authority"]]

  allow {
    protocol = "tcp"
    ports    = [tostring(var.authority_port)]
  }

  log_config {
    metadata = "INCLUDE_ALL_METADATA"
  }
}

resource "google_compute_firewall" "ssh" {
  project     = var.project_id
  name        = "${var.prefix}-allow-iap-ssh"
  description = "SSH by way of Identity-Aware Proxy, which asks who is coming."
  network     = local.network
  direction   = "INGRESS"
  priority    = 1000

  source_ranges           = [local.iap_range]
  target_service_accounts = values(var.accounts)

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }

  log_config {
    metadata = "INCLUDE_ALL_METADATA"
  }
}

resource "google_compute_firewall" "health" {
  count = var.load_balanced ? 1 : 0

  project     = var.project_id
  name        = "${var.prefix}-allow-health-checks"
  description = "Google's health checks see whether a backend accepts connections; ALTS turns them away after that."
  network     = local.network
  direction   = "INGRESS"
  priority    = 1000

  source_ranges           = local.health_check_ranges
  target_service_accounts = [var.accounts["server"]]

  allow {
    protocol = "tcp"
    ports    = [tostring(var.booking_port)]
  }

  log_config {
    metadata = "INCLUDE_ALL_METADATA"
  }
}

# What the network denies anyway, said aloud: a denied connection leaves a log line. It also shuts what a default network allows,
# for these accounts: its rules have the priority 65534, and this one comes before them.
resource "google_compute_firewall" "deny" {
  project     = var.project_id
  name        = "${var.prefix}-deny-ingress"
  description = "Everything else is refused, with a line in the log."
  network     = local.network
  direction   = "INGRESS"
  priority    = 65000

  source_ranges           = ["0.0.0.0/0"]
  target_service_accounts = values(var.accounts)

  deny {
    protocol = "all"
  }

  log_config {
    metadata = "INCLUDE_ALL_METADATA"
  }
}

resource "google_compute_router" "this" {
  count = var.nat ? 1 : 0

  project = var.project_id
  region  = var.region
  name    = "${var.prefix}-router"
  network = local.network
}

resource "google_compute_router_nat" "this" {
  count = var.nat ? 1 : 0

  project                            = var.project_id
  region                             = var.region
  name                               = "${var.prefix}-nat"
  router                             = google_compute_router.this[0].name
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "LIST_OF_SUBNETWORKS"

  subnetwork {
    name                    = local.subnetwork
    source_ip_ranges_to_nat = ["ALL_IP_RANGES"]
  }

  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }
}
