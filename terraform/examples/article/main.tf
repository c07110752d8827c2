# The article as it was: the project's default network, port 8080, Google's own handshaker. Google's documents no longer promise that
# it works between two machines of a project; the suite's own handshaker does not depend on that.

module "ot_booking" {
  source = "../.."

  project_id        = var.project_id
  handshaker        = var.handshaker
  disabled_accounts = var.disabled_accounts
  endpoints         = var.endpoints
  release_dir       = var.release_dir
  region            = "us-central1" # where the default network's range is 10.128.0.0/20
  port              = 8080
  front_end_roles   = [] # the article's client asks its one question

  existing_network = {
    network    = "projects/${var.project_id}/global/networks/default"
    subnetwork = "projects/${var.project_id}/regions/us-central1/subnetworks/default"
  }

  # The default network gives machines without an external address no way to the bucket.
  nat = true
}
