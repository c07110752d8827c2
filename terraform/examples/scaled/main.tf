# Three backends with one account behind one address. A group's machines are told apart by nobody: they prove the same account, and any
# of them may answer.

module "ot_booking" {
  source = "../.."

  project_id        = var.project_id
  backends          = 3
  disabled_accounts = var.disabled_accounts
  release_dir       = var.release_dir
  endpoints         = var.endpoints
  ssh_members       = var.ssh_members

  database          = { tier = "db-custom-1-3840" }
  database_password = var.database_password

  # A client stays with the backend that its connection leads to: younger connections spread sooner.
  max_connection_age = "5m"
}
