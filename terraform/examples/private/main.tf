# The whole of it for one hospital, small: a network of its own, PostgreSQL with a standby, protection against deletion, people who may
# log in, a dashboard and somebody to write to.

module "ot_booking" {
  source = "../.."

  project_id          = var.project_id
  region              = "europe-west3"
  subnet_range        = "10.20.0.0/24"
  disabled_accounts   = var.disabled_accounts
  release_dir         = var.release_dir
  deletion_protection = var.deletion_protection
  ssh_members         = ["group:theatre-operations@example.org"]
  dashboard           = true
  alert_email         = "theatre-operations@example.org"
  labels              = { cost-centre = "surgery" }
  people              = var.people

  database          = { tier = "db-custom-1-3840", highly_available = true }
  database_password = var.database_password
}
