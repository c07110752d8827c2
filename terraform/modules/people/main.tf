# The pages for people: an HTTPS load balancer in front of the front end, with Identity-Aware Proxy, which asks who somebody is and lets in
# who is named here. The front end believes nothing but its signature, for this very backend service.
#
# The front end's machine is told the service's number, so it comes after the service; the service leads to a group of machines, so it comes
# after the group. The circle is open where the group is made empty and the machine joins it afterwards.

locals {
  # Where Google's load balancer and its health checks come from.
  balancer_ranges = ["35.191.0.0/16", "130.211.0.0/22"]

  # A certificate is not changed but replaced, by one of another name.
  certificate = "${var.prefix}-web-${substr(sha256(var.domain), 0, 8)}"
}

# By number: that is what the proxy signs.
data "google_project" "this" {
  project_id = var.project_id
}

resource "google_compute_global_address" "this" {
  project = var.project_id
  name    = "${var.prefix}-web"
}

resource "google_compute_managed_ssl_certificate" "this" {
  project = var.project_id
  name    = local.certificate

  managed {
    domains = [var.domain]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_ssl_policy" "this" {
  project         = var.project_id
  name            = "${var.prefix}-web"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}

resource "google_compute_instance_group" "this" {
  project     = var.project_id
  zone        = var.zone
  name        = "${var.prefix}-web"
  description = "The front end's machine."
  # Said, because there is no machine in it yet that would say so.
  network = var.network

  named_port {
    name = "web"
    port = var.port
  }
}

# A machine that is made anew under its old name is in no group: it joins again in the same apply, and not at some later one.
resource "terraform_data" "machine" {
  input = var.machine.instance_id
}

resource "google_compute_instance_group_membership" "this" {
  project        = var.project_id
  zone           = var.zone
  instance_group = google_compute_instance_group.this.name
  instance       = var.machine.self_link

  lifecycle {
    replace_triggered_by = [terraform_data.machine]
  }
}

# The one path that needs no assertion, under the one name that is answered.
resource "google_compute_health_check" "this" {
  project             = var.project_id
  name                = "${var.prefix}-web"
  check_interval_sec  = 10
  timeout_sec         = 5
  healthy_threshold   = 2
  unhealthy_threshold = 3

  http_health_check {
    host         = var.domain
    request_path = "/healthz"
    port         = var.port
  }
}

resource "google_compute_backend_service" "this" {
  project               = var.project_id
  name                  = "${var.prefix}-web"
  description           = "The booking pages, for whom Identity-Aware Proxy lets in."
  protocol              = "HTTP"
  port_name             = "web"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  health_checks         = [google_compute_health_check.this.id]
  # An open page follows the schedule by one long answer; the balancer would cut it off after half a minute.
  timeout_sec                     = 3600
  connection_draining_timeout_sec = 10

  backend {
    group           = google_compute_instance_group.this.id
    balancing_mode  = "UTILIZATION"
    capacity_scaler = 1.0
  }

  # By the OAuth client that Google itself keeps for it: nobody makes a client or a brand, and there is no secret in the state.
  iap {
    enabled = true
  }

  lifecycle {
    # A client of one's own is set in the proxy's settings, and is nothing for an apply to take away.
    ignore_changes = [iap[0].oauth2_client_id, iap[0].oauth2_client_secret]
  }

  # A log of requests would hold addresses of pages, and what was searched for in them names patients.
  log_config {
    enable = false
  }
}

resource "google_iap_web_backend_service_iam_member" "this" {
  for_each = var.members

  project             = var.project_id
  web_backend_service = google_compute_backend_service.this.name
  role                = "roles/iap.httpsResourceAccessor"
  member              = each.key
}

resource "google_compute_url_map" "this" {
  project         = var.project_id
  name            = "${var.prefix}-web"
  default_service = google_compute_backend_service.this.id
}

resource "google_compute_target_https_proxy" "this" {
  project          = var.project_id
  name             = "${var.prefix}-web"
  url_map          = google_compute_url_map.this.id
  ssl_certificates = [google_compute_managed_ssl_certificate.this.id]
  ssl_policy       = google_compute_ssl_policy.this.id
}

resource "google_compute_global_forwarding_rule" "https" {
  project               = var.project_id
  name                  = "${var.prefix}-web-https"
  labels                = var.labels
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.this.address
  port_range            = "443"
  target                = google_compute_target_https_proxy.this.id
}

# Who types the name alone comes by plain HTTP and is sent on.
resource "google_compute_url_map" "redirect" {
  project = var.project_id
  name    = "${var.prefix}-web-redirect"

  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
    strip_query            = false
  }
}

resource "google_compute_target_http_proxy" "redirect" {
  project = var.project_id
  name    = "${var.prefix}-web-redirect"
  url_map = google_compute_url_map.redirect.id
}

resource "google_compute_global_forwarding_rule" "http" {
  project               = var.project_id
  name                  = "${var.prefix}-web-http"
  labels                = var.labels
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.this.address
  port_range            = "80"
  target                = google_compute_target_http_proxy.redirect.id
}

resource "google_compute_firewall" "this" {
  project     = var.project_id
  name        = "${var.prefix}-allow-web"
  description = "Google's load balancer and its health checks reach the pages; by this rule nobody else does."
  network     = var.network
  direction   = "INGRESS"
  priority    = 1000

  source_ranges           = local.balancer_ranges
  target_service_accounts = [var.account]

  allow {
    protocol = "tcp"
    ports    = [tostring(var.port)]
  }

  log_config {
    metadata = "INCLUDE_ALL_METADATA"
  }
}
