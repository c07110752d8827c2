# The article's deployment: two machines, two accounts, and ALTS between them, on a network of their own.

locals {
  suite = var.handshaker == "suite"
  group = var.backends != null
  # Every region has three zones at least; two of them have no zone a.
  letters = contains(["us-east1", "europe-west1"], var.region) ? ["b", "c", "d"] : ["a", "b", "c"]
  zone    = coalesce(var.zone, "${var.region}-${local.letters[0]}")
  zones   = local.group ? toset(concat([local.zone], [for letter in local.letters : "${var.region}-${letter}"])) : toset([local.zone])

  roles = local.suite ? ["client", "server", "authority"] : ["client", "server"]

  authority_port = 18070
  state_disk_gb  = 10 # The least that Google makes of its kind.
  arm            = can(regex("^(t2a|c4a|n4a)-", var.machine_type))
  # Debian 13 has updates until 2030. A machine is made from the newest image of the family; one that is there stays as it is.
  codename = "trixie"
  image    = local.arm ? "debian-cloud/debian-13-arm64" : "debian-cloud/debian-13"
  platform = local.arm ? "linux-arm64" : "linux-amd64"

  # The newest families take no other disks.
  disk_type = can(regex("^[cn]4[ad]?-", var.machine_type)) ? "hyperdisk-balanced" : "pd-balanced"

  # On a network of our own the article's addresses, when its range is the article's. Elsewhere Google chooses.
  hosts = { server = 2, client = 3, authority = 5 }

  programs = concat(["booking-client", "booking-server", "booking-web"], local.suite ? ["alts-handshaker"] : [])

  # One machine each; a group's machines are the backend's in place of its own.
  machines = [for role in local.roles : role if !(role == "server" && local.group)]

  # Where the pages are: on loopback for a tunnel, or for Google's load balancer.
  web_port = 8000

  backend = "${module.network.addresses["server"]}:${var.port}"

  services = concat(
    ["cloudresourcemanager", "compute", "iam", "iap", "logging", "monitoring", "osconfig", "oslogin", "serviceusage", "storage"],
    local.suite || var.database != null ? ["secretmanager"] : [],
    var.database != null ? ["servicenetworking", "sqladmin"] : [],
  )
}

module "naming" {
  source = "./modules/naming"

  environment = var.environment
  labels      = var.labels
}

resource "google_project_service" "this" {
  for_each = toset(local.services)

  project = var.project_id
  service = "${each.key}.googleapis.com"
  # Something else in the project may need it.
  disable_on_destroy = false
}

# What somebody else made is asked about before anything is put on it: without a way to Google's APIs, a machine without an external address
# waits for its programs until somebody notices.
data "google_compute_subnetwork" "existing" {
  count = var.existing_network == null ? 0 : 1

  project = split("/", var.existing_network.subnetwork)[1]
  region  = split("/", var.existing_network.subnetwork)[3]
  name    = split("/", var.existing_network.subnetwork)[5]

  lifecycle {
    postcondition {
      condition     = self.private_ip_google_access || var.nat || var.existing_network.reaches_internet
      error_message = "The subnet ${self.name} has no Private Google Access, so machines without an external address reach neither the bucket nor anything else of Google's: switch it on, set nat = true, or say existing_network.reaches_internet where it has a NAT of its own."
    }
  }
}

module "identity" {
  source = "./modules/identity"

  project_id  = var.project_id
  account_ids = { for role in local.roles : role => module.naming.account_ids[role] }
  titles      = module.naming.titles
  disabled    = var.disabled_accounts

  depends_on = [google_project_service.this]
}

module "network" {
  source = "./modules/network"

  project_id     = var.project_id
  region         = var.region
  prefix         = module.naming.prefix
  subnet_range   = var.subnet_range
  existing       = var.existing_network
  hosts          = { for role in local.roles : role => local.hosts[role] }
  nat            = var.nat
  accounts       = module.identity.emails
  booking_port   = var.port
  authority_port = local.suite ? local.authority_port : null
  load_balanced  = local.group

  depends_on = [google_project_service.this]
}

module "release" {
  source = "./modules/release"

  project_id    = var.project_id
  location      = var.region
  bucket        = coalesce(var.bucket, "${var.project_id}-${module.naming.prefix}-release")
  labels        = module.naming.labels
  directory     = coalesce(var.release_dir, "${path.module}/../target/cloud-release")
  platform      = local.platform
  programs      = toset(local.programs)
  readers       = module.identity.emails
  force_destroy = !var.deletion_protection

  depends_on = [google_project_service.this]
}

module "authority" {
  count  = local.suite ? 1 : 0
  source = "./modules/authority"

  project_id = var.project_id
  region     = var.region
  prefix     = module.naming.prefix
  labels     = module.naming.labels
  accounts   = module.identity.emails

  depends_on = [google_project_service.this]
}

module "database" {
  count  = var.database != null ? 1 : 0
  source = "./modules/database"

  project_id          = var.project_id
  region              = var.region
  prefix              = module.naming.prefix
  labels              = module.naming.labels
  network             = module.network.network
  tier                = var.database.tier
  highly_available    = var.database.highly_available
  password            = var.database_password
  password_version    = var.database.password_version
  reader              = module.identity.emails["server"]
  deletion_protection = var.deletion_protection

  depends_on = [google_project_service.this]
}

# Made before the machine is, which is told of it; the machine joins it afterwards.
module "people" {
  count  = var.people != null ? 1 : 0
  source = "./modules/people"

  project_id = var.project_id
  zone       = local.zone
  prefix     = module.naming.prefix
  labels     = module.naming.labels
  network    = module.network.network
  account    = module.identity.emails["client"]
  port       = local.web_port
  domain     = var.people.domain
  members    = coalesce(var.people.members, toset([for person in keys(var.people.roles) : "user:${person}"]))
  machine    = module.machine["client"]

  depends_on = [google_project_service.this]
}

module "software" {
  for_each = toset(local.roles)
  source   = "./modules/software"

  role               = each.key
  titles             = module.naming.titles
  environment        = var.environment
  project_id         = var.project_id
  handshaker         = var.handshaker
  accounts           = module.identity.emails
  client_machine     = module.naming.machines["client"]
  server_machines    = module.naming.backend_group
  bucket             = module.release.bucket
  programs           = module.release.programs
  backend            = local.backend
  port               = var.port
  authority          = local.suite ? "${module.network.addresses["authority"]}:${local.authority_port}" : null
  authority_port     = local.authority_port
  max_connection_age = var.max_connection_age
  front_end_roles    = var.front_end_roles
  web_port           = local.web_port
  people             = var.people == null ? null : { domain = var.people.domain, roles = var.people.roles }
  audience           = var.people != null && each.key == "client" ? module.people[0].audience : null
  seed               = var.seed
  endpoints          = var.endpoints

  secrets = {
    key      = local.suite ? module.authority[0].secrets["key"] : null
    roots    = local.suite ? module.authority[0].secrets["roots"] : null
    database = var.database != null ? module.database[0].secret : null
  }
}

module "machine" {
  for_each = toset(local.machines)
  source   = "./modules/machine"

  project_id          = var.project_id
  zone                = local.zone
  name                = module.naming.machines[each.key]
  machine_type        = var.machine_type
  image               = local.image
  disk_type           = local.disk_type
  subnetwork          = module.network.subnetwork
  address             = module.network.addresses[each.key]
  account             = module.identity.emails[each.key]
  startup_script      = module.software[each.key].startup_script
  state_disk_gb       = module.software[each.key].state == null ? null : local.state_disk_gb
  snapshot            = lookup(var.restore_from, each.key, null)
  snapshot_days       = var.snapshot_days
  labels              = merge(module.naming.labels, { role = each.key })
  deletion_protection = var.deletion_protection

  # Its account may fetch and read before it tries to.
  depends_on = [module.release, module.authority, module.database]
}

module "backend_group" {
  count  = local.group ? 1 : 0
  source = "./modules/backend-group"

  project_id     = var.project_id
  region         = var.region
  zones          = local.zones
  prefix         = module.naming.prefix
  machine_prefix = module.naming.backend_group
  size           = var.backends
  machine_type   = var.machine_type
  image          = local.image
  disk_type      = local.disk_type
  network        = module.network.network
  subnetwork     = module.network.subnetwork
  address        = module.network.addresses["server"]
  port           = var.port
  account        = module.identity.emails["server"]
  startup_script = module.software["server"].startup_script
  labels         = merge(module.naming.labels, { role = "server" })

  depends_on = [module.release, module.authority, module.database]
}

module "operations" {
  source = "./modules/operations"

  project_id  = var.project_id
  zones       = local.zones
  prefix      = module.naming.prefix
  environment = var.environment
  codename    = local.codename
  handshakers = local.suite
  patched     = var.nat
  dashboard   = var.dashboard
  alert_email = var.alert_email

  machine_count = length(local.machines) + (local.group ? var.backends : 0)

  depends_on = [google_project_service.this]
}

module "access" {
  source = "./modules/access"

  project_id = var.project_id
  zone       = local.zone
  prefix     = module.naming.prefix
  machines   = { for role, machine in module.machine : role => { name = machine.name, instance_id = machine.instance_id } }
  group      = local.group ? module.naming.backend_group : null
  accounts   = module.identity.names
  members    = var.ssh_members

  depends_on = [google_project_service.this]
}
