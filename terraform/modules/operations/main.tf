# What people see of it: a dashboard, and alerts to somebody who is written to, each when it is asked for. `agent.tf` has what machines tell.

locals {
  # The handshakers' counters are asked for once in `scrape_interval_s`: a rate is over five minutes.
  window = "5m"

  # Each: a title and a PromQL query over what the handshakers count.
  charts = [
    ["Handshakes per second, by outcome", "sum by (outcome) (rate(alts_handshakes_total[${local.window}]))"],
    ["Slowest handshake in a hundred, seconds", "histogram_quantile(0.99, sum by (le, side) (rate(alts_handshake_duration_seconds_bucket[${local.window}])))"],
    ["Credential requests per second, by result", "sum by (result) (rate(alts_credential_requests_total[${local.window}]))"],
    ["Least remaining life of a credential, seconds", "min by (machine) (alts_credential_remaining_seconds)"],
  ]

  machines = "monitored_resource=\"gce_instance\",instance_name=~\"${var.environment}-(booking|alts)-.*\""

  # What somebody is written to about: a PromQL query that has an answer when it is so, for how long, and what to do about it.
  alerts = {
    handshakes = {
      title    = "handshakes fail"
      query    = "sum(increase(alts_handshakes_total{outcome=~\"failed|timed out\"}[${local.window}])) > 0"
      duration = "300s"
      about    = "Front end and backend do not prove themselves to each other. The journal of alts-handshaker.service says who refused whom and why; terraform/docs/status-codes.md says what to look at."
    }
    credential = {
      title = "a credential ends"
      # A handshaker asks for the next one long before; five minutes before the end it has been refused for a while.
      query    = "min by (machine) (alts_credential_remaining_seconds) < 300"
      duration = "120s"
      about    = "A handshaker's credential ends within minutes and no new one has come: the authority does not answer, or the account is disabled. The journals of alts-handshaker.service there and of alts-authority.service say which."
    }
    machines = {
      title    = "a machine is missing"
      query    = "(count(count by (instance_id) (count_over_time(compute_googleapis_com:instance_uptime{${local.machines}}[10m]))) or vector(0)) < ${var.machine_count}"
      duration = "300s"
      about    = "Fewer than ${var.machine_count} of the suite's machines run."
    }
    silence = {
      title = "a machine tells nothing"
      # A machine that Compute Engine counts as up and that the Ops Agent says nothing of: it is not there, or may not write.
      query    = "count by (instance_id) (count_over_time(compute_googleapis_com:instance_uptime{${local.machines}}[15m])) unless count by (instance_id) (count_over_time(agent_googleapis_com:agent_uptime{monitored_resource=\"gce_instance\"}[15m]))"
      duration = "900s"
      about    = "No metric and no journal comes from a machine that runs: the Ops Agent is not installed, does not start, or the machine's account is disabled. VM Manager's compliance of the policy ops-agent says which of its steps failed."
    }
    disk = {
      title = "a disk is nearly full"
      # The Ops Agent does not say a machine's name. Compute Engine does, and so a disk of somebody else's machine in the project is left out.
      query    = "max by (instance_id, device) (agent_googleapis_com:disk_percent_used{monitored_resource=\"gce_instance\",state=\"used\",device!~\"loop.*\"}) > 85 and on (instance_id) count by (instance_id) (count_over_time(compute_googleapis_com:instance_uptime{${local.machines}}[10m]))"
      duration = "300s"
      about    = "A boot disk is full of logs or programs, a state disk of bookings. terraform/docs/operate.md says how a state disk is made larger."
    }
  }
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

resource "google_monitoring_alert_policy" "this" {
  for_each = var.alert_email == null ? {} : local.alerts

  project               = var.project_id
  display_name          = "OT booking (${var.environment}): ${each.value.title}"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.email[0].id]

  conditions {
    display_name = each.value.title

    condition_prometheus_query_language {
      query               = each.value.query
      duration            = each.value.duration
      evaluation_interval = "60s"
      # Nothing has been counted yet where everything is new: the metric comes with the first machine.
      disable_metric_validation = true
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = each.value.about
  }
}

# systemd on a machine says that a program of the suite failed; the Ops Agent brings it to Cloud Logging.
resource "google_monitoring_alert_policy" "failed_unit" {
  count = var.alert_email == null ? 0 : 1

  project               = var.project_id
  display_name          = "OT booking (${var.environment}): a program failed"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.email[0].id]

  conditions {
    display_name = "A program of the suite ended that should not"

    condition_matched_log {
      filter = "resource.type=\"gce_instance\" AND jsonPayload.SYSLOG_IDENTIFIER=\"systemd\" AND jsonPayload.MESSAGE=~\"^(booking-server|booking-web|alts-handshaker|alts-authority)[.]service: Failed with result\""
    }
  }

  alert_strategy {
    notification_rate_limit {
      period = "3600s"
    }
    auto_close = "86400s"
  }

  documentation {
    mime_type = "text/markdown"
    content   = "A program ended and is started again every five seconds. Its journal says why it ended."
  }
}
