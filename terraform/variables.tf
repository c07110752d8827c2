variable "alert_email" {
  description = "Who is written to when handshakes fail, a credential ends, a program fails, a machine is missing or tells nothing, a disk is nearly full; null for no alert. In suite mode only: Google's handshaker counts nothing here."
  type        = string
  default     = null

  validation {
    condition     = var.alert_email == null || can(regex("^[^@ ]+@[^@ ]+$", var.alert_email))
    error_message = "An alert's address is an e-mail address, such as oncall@example.org."
  }

  validation {
    condition     = var.alert_email == null || var.handshaker == "suite"
    error_message = "An alert counts the suite's handshakes, so it needs handshaker = \"suite\"."
  }
}

variable "backends" {
  description = "How many backends: null for the article's one machine, a number for a managed group behind a passthrough load balancer."
  type        = number
  default     = null

  validation {
    condition     = var.backends == null || try(var.backends >= 1 && var.backends <= 10 && floor(var.backends) == var.backends, false)
    error_message = "A group has 1 to 10 backends."
  }

  validation {
    condition     = var.backends == null || var.database != null
    error_message = "The backends of a group share one database, so set database as well."
  }
}

variable "bucket" {
  description = "Name of the bucket for the release, unique in all of Google Cloud; null for PROJECT-ENVIRONMENT-ot-booking-release."
  type        = string
  default     = null

  validation {
    condition     = var.bucket == null || can(regex("^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "A bucket's name has 3 to 63 lowercase letters, digits, hyphens and underscores."
  }
}

variable "dashboard" {
  description = "Whether Cloud Monitoring gets a dashboard of the suite's handshakes."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.dashboard || var.handshaker == "suite"
    error_message = "The dashboard shows the suite's handshakes, so it needs handshaker = \"suite\"."
  }
}

variable "database" {
  description = "PostgreSQL on Cloud SQL with a private address: its tier and whether it has a standby. null for SQLite on the backend's disk."
  type = object({
    tier             = optional(string, "db-f1-micro")
    highly_available = optional(bool, false)
    password_version = optional(number, 1)
  })
  default = null

  validation {
    condition     = var.database == null || can(regex("^db-[a-z0-9-]+$", var.database.tier))
    error_message = "A database's tier is one of Cloud SQL's, such as db-f1-micro or db-custom-2-7680."
  }
}

variable "database_password" {
  description = "Password of the backend's database user. Given at each apply (TF_VAR_database_password); neither plan nor state holds it."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = var.database_password == null || try(length(var.database_password) >= 16, false)
    error_message = "A database password has 16 characters or more."
  }

  validation {
    condition     = var.database == null || var.database_password != null
    error_message = "A database needs a password at each apply: export TF_VAR_database_password."
  }
}

variable "deletion_protection" {
  description = "Whether machines, database and a filled bucket refuse to be deleted."
  type        = bool
  default     = false
  nullable    = false
}

variable "disabled_accounts" {
  description = "Accounts to disable: \"client\", \"server\" or both. The drill's switch, for a later apply: Google disables no account that it is just creating."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for role in var.disabled_accounts : contains(["client", "server"], role)])
    error_message = "Only the accounts \"client\" and \"server\" can be disabled."
  }
}

variable "endpoints" {
  description = "Where Google's APIs are, for Private Service Connect or a bench. token_keys: where the keys of identity tokens are; null for Google's own."
  type = object({
    storage       = optional(string, "https://storage.googleapis.com")
    secretmanager = optional(string, "https://secretmanager.googleapis.com")
    token_keys    = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for url in [var.endpoints.storage, var.endpoints.secretmanager, var.endpoints.token_keys] : url == null || can(regex("^https?://[a-z0-9.:-]+(/[A-Za-z0-9._/-]*[A-Za-z0-9._-])?$", url))])
    error_message = "An endpoint is an address such as https://storage.googleapis.com, without a slash at its end."
  }
}

variable "environment" {
  description = "What every name begins with; the article's is prod."
  type        = string
  default     = "prod"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,7}$", var.environment))
    error_message = "An environment has 2 to 8 lowercase letters and digits and begins with a letter, because Google's account ids have at most 30 characters."
  }
}

variable "existing_network" {
  description = "A network and subnet of this project that are there already, as projects/P/global/networks/N and projects/P/regions/R/subnetworks/S; null for a network of its own. reaches_internet: whether a NAT of yours is on it, which then leads to Google's APIs too."
  type = object({
    network          = string
    subnetwork       = string
    reaches_internet = optional(bool, false)
  })
  default = null

  validation {
    condition     = var.existing_network == null || can(regex("^projects/[^/]+/global/networks/[^/]+$", var.existing_network.network))
    error_message = "A network is written projects/PROJECT/global/networks/NAME."
  }

  validation {
    condition     = var.existing_network == null || can(regex("^projects/[^/]+/regions/[^/]+/subnetworks/[^/]+$", var.existing_network.subnetwork))
    error_message = "A subnet is written projects/PROJECT/regions/REGION/subnetworks/NAME."
  }

  # Firewall rules belong to the network's project, and name accounts of that project.
  validation {
    condition     = var.existing_network == null || alltrue([for path in try([var.existing_network.network, var.existing_network.subnetwork], []) : try(split("/", path)[1] == var.project_id, false)])
    error_message = "A network that is there already is one of the project that everything is made in."
  }

  validation {
    condition     = var.existing_network == null || try(split("/", var.existing_network.subnetwork)[3] == var.region, false)
    error_message = "A subnet that is there already is one of the region that everything is made in."
  }
}

variable "front_end_roles" {
  description = "What the front end's account may do at the backend, beside asking the article's question: roles of `booking-server roles`. Whoever may open the tunnel acts as this account."
  type        = set(string)
  default     = ["coordinator"]
  nullable    = false

  validation {
    condition     = length(setsubtract(var.front_end_roles, ["admin", "auditor", "coordinator", "integration", "kiosk", "requester", "scheduler", "surgeon", "theatre-nurse", "viewer"])) == 0
    error_message = "The front end's roles are among admin, auditor, coordinator, integration, kiosk, requester, scheduler, surgeon, theatre-nurse and viewer."
  }
}

variable "handshaker" {
  description = "suite: the suite's own on each machine, certified by an authority on a machine of its own. google: the metadata server's, as in the article."
  type        = string
  default     = "suite"
  nullable    = false

  validation {
    condition     = contains(["suite", "google"], var.handshaker)
    error_message = "The handshaker is \"suite\" or \"google\"."
  }
}

variable "labels" {
  description = "Labels for everything that can carry some, beside the suite's own."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key, value in var.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", key)) && can(regex("^[a-z0-9_-]{0,63}$", value))])
    error_message = "A label has at most 63 lowercase letters, digits, hyphens and underscores, and its key begins with a letter."
  }

  validation {
    condition     = length(setintersection(keys(var.labels), ["application", "environment", "managed-by", "role"])) == 0
    error_message = "The labels application, environment, managed-by and role are the suite's own."
  }
}

variable "machine_type" {
  description = "Compute Engine's machine type, of all machines."
  type        = string
  default     = "e2-small"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*-[a-z0-9-]+$", var.machine_type))
    error_message = "A machine type is one of Compute Engine's, such as e2-small."
  }
}

variable "max_connection_age" {
  description = "How old a connection to the backend may grow before both sides prove themselves anew: how long a disabled account goes on at most."
  type        = string
  default     = "10m"
  nullable    = false

  validation {
    condition     = can(regex("^[1-9][0-9]*(s|m|h)$", var.max_connection_age))
    error_message = "A connection's age is a number with a unit, such as 30s, 10m or 1h."
  }
}

variable "nat" {
  description = "Whether machines reach the internet, through Cloud NAT, and are given Debian's updates every week. Their programs need nothing there; without it they are patched by being made anew."
  type        = bool
  default     = false
  nullable    = false
}

variable "people" {
  description = "The pages for people at an HTTPS address of their own, behind Identity-Aware Proxy: its domain, and person's e-mail address to their roles at the backend, where each may what both they and the account (front_end_roles) may. members: whom the proxy lets in, when it is not each of these persons. null for the tunnel alone."
  type = object({
    domain  = string
    roles   = map(set(string))
    members = optional(set(string))
  })
  default = null

  validation {
    condition     = var.people == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.people.domain))
    error_message = "A domain is a name such as ot.example.org, in lowercase letters."
  }

  validation {
    condition     = alltrue([for person in keys(try(var.people.roles, {})) : can(regex("^[^@ \"\\\\]+@[^@ \"\\\\]+$", person)) && length(person) <= 64])
    error_message = "A person is known by an e-mail address of at most 64 characters, such as ada@example.org."
  }

  validation {
    condition     = length(setsubtract(flatten(values(try(var.people.roles, {}))), ["admin", "auditor", "coordinator", "integration", "kiosk", "legacy", "requester", "scheduler", "surgeon", "theatre-nurse", "viewer"])) == 0
    error_message = "A person's roles are among admin, auditor, coordinator, integration, kiosk, legacy, requester, scheduler, surgeon, theatre-nurse and viewer."
  }

  validation {
    condition     = alltrue([for member in coalesce(try(var.people.members, null), []) : can(regex("^(user|group):[^@ ]+@[^@ ]+$", member)) || can(regex("^domain:[a-z0-9.-]+$", member))])
    error_message = "Who is let in is written user:E-MAIL, group:E-MAIL or domain:DOMAIN; nobody lets in everybody."
  }
}

variable "port" {
  description = "Port of the booking service; the article's is 8080."
  type        = number
  default     = 8080
  nullable    = false

  validation {
    condition     = try(var.port >= 1024 && var.port <= 65535 && floor(var.port) == var.port, false)
    error_message = "The port is 1024 to 65535: the backend has no privileges."
  }

  validation {
    condition     = !contains([18070, 18080, 18091], var.port)
    error_message = "The ports 18070, 18080 and 18091 are the authority's and the handshaker's."
  }
}

variable "project_id" {
  description = "Google Cloud project that everything is made in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "A project id has 6 to 30 lowercase letters, digits and hyphens, begins with a letter and does not end with a hyphen."
  }
}

variable "region" {
  description = "Region of everything; the article's is us-central1."
  type        = string
  default     = "us-central1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "A region is one of Google's, such as us-central1."
  }
}

variable "release_dir" {
  description = "Folder that scripts/release made."
  type        = string
  default     = null
}

variable "restore_from" {
  description = "Role to the snapshot that its new state disk is made from, server or authority; looked at only when a disk is made."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.restore_from), ["authority", "server"])) == 0
    error_message = "State that can be restored is that of \"authority\" and \"server\"."
  }
}

variable "seed" {
  description = "What a new database is filled with: article for an invented hospital around the article's case, demo for the same with a week of cases around today, none for a hospital of your own."
  type        = string
  default     = "article"
  nullable    = false

  validation {
    condition     = contains(["article", "demo", "none"], var.seed)
    error_message = "A new database is filled with \"article\", \"demo\" or \"none\"."
  }
}

variable "snapshot_days" {
  description = "How long the nightly snapshots of the state disks are kept; null for no snapshots."
  type        = number
  default     = 14
  nullable    = true

  validation {
    condition     = var.snapshot_days == null || try(var.snapshot_days >= 1 && var.snapshot_days <= 365 && floor(var.snapshot_days) == var.snapshot_days, false)
    error_message = "Snapshots are kept for 1 to 365 days."
  }
}

variable "ssh_members" {
  description = "Who may log in to the machines beside the project's owners, such as user:ada@example.org."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for member in var.ssh_members : can(regex("^(user|group|serviceAccount):[^@ ]+@[^@ ]+$", member))])
    error_message = "Who may log in is written user:E-MAIL, group:E-MAIL or serviceAccount:E-MAIL."
  }
}

variable "subnet_range" {
  description = "Range of the suite's own subnet; the article's is 10.128.0.0/20."
  type        = string
  default     = "10.128.0.0/20"
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.subnet_range)) && try(cidrhost(var.subnet_range, 0) == split("/", var.subnet_range)[0] && tonumber(split("/", var.subnet_range)[1]) <= 27, false)
    error_message = "The subnet's range is an IPv4 network of /27 or larger, such as 10.128.0.0/20."
  }
}

variable "zone" {
  description = "Zone of the machines; null for the region's first."
  type        = string
  default     = null

  validation {
    condition     = var.zone == null || can(regex("^${var.region}-[a-z]$", var.zone))
    error_message = "The zone is one of the region's, such as us-central1-a."
  }
}
