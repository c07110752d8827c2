# What people see of it: Google's Ops Agent on every machine, and, when asked for, a dashboard and an alert.

variable "project_id" {
  description = "Project that everything is in."
  type        = string
}

variable "zones" {
  description = "Zones that have machines."
  type        = set(string)
}

variable "prefix" {
  description = "What names begin with."
  type        = string
}

variable "environment" {
  description = "The label by which the machines are found."
  type        = string
}

variable "dashboard" {
  description = "Whether there is a dashboard."
  type        = bool
}

variable "alert_email" {
  description = "Who is written to when handshakes fail; null for nobody."
  type        = string
}

# Declared, not scripted: Google's agent for OS policies, which its Debian images carry, installs the package and keeps it there.
resource "google_os_config_os_policy_assignment" "ops_agent" {
  for_each = var.zones

  project     = var.project_id
  location    = each.key
  name        = "${var.prefix}-ops-agent"
  description = "The Ops Agent on the suite's machines."

  instance_filter {
    inclusion_labels {
      labels = {
        application = "ot-booking"
        environment = var.environment
      }
    }
  }

  os_policies {
    id   = "ops-agent"
    mode = "ENFORCEMENT"

    resource_groups {
      resources {
        id = "repository"

        repository {
          apt {
            archive_type = "DEB"
            uri          = "https://packages.cloud.google.com/apt"
            distribution = "google-cloud-ops-agent-bookworm-2"
            components   = ["main"]
            gpg_key      = "https://packages.cloud.google.com/apt/doc/apt-key.gpg"
          }
        }
      }

      resources {
        id = "package"

        pkg {
          desired_state = "INSTALLED"

          apt {
            name = "google-cloud-ops-agent"
          }
        }
      }
    }
  }

  rollout {
    min_wait_duration = "0s"

    disruption_budget {
      percent = 100
    }
  }
}

locals {
  # Each: a title and a PromQL query over what the handshakers count.
  charts = [
    ["Handshakes per second, by outcome", "sum by (outcome) (rate(alts_handshakes_total[5m]))"],
    ["Slowest handshake in a hundred, seconds", "histogram_quantile(0.99, sum by (le, side) (rate(alts_handshake_duration_seconds_bucket[5m])))"],
    ["Credential requests per second, by result", "sum by (result) (rate(alts_credential_requests_total[5m]))"],
    ["Least remaining life of a credential, seconds", "min by (machine) (alts_credential_remaining_seconds)"],
  ]
}

resource "google_monitoring_dashboard" "this" {
  count = var.dashboard ? 1 : 0

  project = var.project_id
  dashboard_json = jsonencode({
    displayName = "OT booking (${var.environment})"
    gridLayout = {
      columns = "2"
      widgets = [for chart in local.charts : {
        title = chart[0]
        xyChart = {
          dataSets = [{
            plotType        = "LINE"
            timeSeriesQuery = { prometheusQuery = chart[1] }
          }]
        }
      }]
    }
  })
}

resource "google_monitoring_notification_channel" "email" {
  count = var.alert_email == null ? 0 : 1

  project      = var.project_id
  display_name = "OT booking (${var.environment})"
  type         = "email"
  labels       = { email_address = var.alert_email }
}

resource "google_monitoring_alert_policy" "handshakes" {
  count = var.alert_email == null ? 0 : 1

  project               = var.project_id
  display_name          = "OT booking (${var.environment}): handshakes fail"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.email[0].id]

  conditions {
    display_name = "A handshake failed in each of the last five minutes"

    condition_prometheus_query_language {
      query               = "sum(increase(alts_handshakes_total{outcome=\"failed\"}[1m])) > 0"
      duration            = "300s"
      evaluation_interval = "60s"
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "Front end and backend do not prove themselves to each other. The journal of alts-handshaker.service says who refused whom and why; terraform/docs/status-codes.md says what to look at."
  }
}
