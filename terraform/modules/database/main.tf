# PostgreSQL on Cloud SQL, with an address on the private network and no other. The password goes from the caller's variable into the
# database and into a secret that the backend's account reads; neither plan nor state holds it.

locals {
  user = "ot-booking"
  name = "ot_booking"
}

# A range that Google may use on its side of the peering.
resource "google_compute_global_address" "services" {
  project       = var.project_id
  name          = "${var.prefix}-services"
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  prefix_length = 24
  network       = var.network
}

resource "google_service_networking_connection" "this" {
  network                 = var.network
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.services.name]
}

resource "google_sql_database_instance" "this" {
  project             = var.project_id
  region              = var.region
  name                = "${var.prefix}-postgres"
  database_version    = "POSTGRES_17"
  deletion_protection = var.deletion_protection

  settings {
    tier                        = var.tier
    edition                     = "ENTERPRISE"
    availability_type           = var.highly_available ? "REGIONAL" : "ZONAL"
    deletion_protection_enabled = var.deletion_protection
    user_labels                 = var.labels

    ip_configuration {
      ipv4_enabled    = false
      private_network = var.network
      ssl_mode        = "ENCRYPTED_ONLY"
    }

    backup_configuration {
      enabled                        = true
      point_in_time_recovery_enabled = true
    }

    # What the database writes down: who came, what it waited for, which statements changed its tables. Never the values in a statement,
    # which are patients'.
    database_flags {
      name  = "log_checkpoints"
      value = "on"
    }
    database_flags {
      name  = "log_connections"
      value = "on"
    }
    database_flags {
      name  = "log_disconnections"
      value = "on"
    }
    database_flags {
      name  = "log_duration"
      value = "on"
    }
    database_flags {
      name  = "log_lock_waits"
      value = "on"
    }
    database_flags {
      name  = "log_min_error_statement"
      value = "error"
    }
    database_flags {
      name  = "log_statement"
      value = "ddl"
    }
  }

  depends_on = [google_service_networking_connection.this]
}

resource "google_sql_database" "this" {
  project  = var.project_id
  instance = google_sql_database_instance.this.name
  name     = local.name
  # It goes with its instance.
  deletion_policy = "ABANDON"

  # Taken down in the other order: PostgreSQL drops no role that still owns something.
  depends_on = [google_sql_user.this]
}

resource "google_sql_user" "this" {
  project             = var.project_id
  instance            = google_sql_database_instance.this.name
  name                = local.user
  password_wo         = var.password
  password_wo_version = var.password_version
  # It goes with its instance.
  deletion_policy = "ABANDON"
}

resource "google_secret_manager_secret" "url" {
  project   = var.project_id
  secret_id = "${var.prefix}-database-url"
  labels    = var.labels

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }
}

resource "google_secret_manager_secret_version" "url" {
  secret = google_secret_manager_secret.url.id
  # The URL, and below it the certificate that the server has to prove: whoever has taken the address is not given the password.
  secret_data_wo = format(
    "postgres://%s:%s@%s:5432/%s?sslmode=verify-ca\n%s",
    local.user, urlencode(var.password), google_sql_database_instance.this.private_ip_address, local.name,
    google_sql_database_instance.this.server_ca_cert[0].cert,
  )
  # Known again whenever one of the three is another: a restored instance has another address, and its authority changes every ten years.
  secret_data_wo_version = parseint(substr(sha256(join("\n", [
    tostring(var.password_version), google_sql_database_instance.this.private_ip_address, google_sql_database_instance.this.server_ca_cert[0].cert,
  ])), 0, 8), 16)

  lifecycle {
    # Whoever starts in between finds the old one and not nothing.
    create_before_destroy = true
  }
}

resource "google_secret_manager_secret_iam_member" "reader" {
  project   = var.project_id
  secret_id = google_secret_manager_secret.url.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${var.reader}"
}
