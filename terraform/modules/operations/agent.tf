# Google's Ops Agent on every machine. Declared, not scripted: Google's agent for OS policies, which its Debian images carry, installs the
# package and keeps it there.

locals {
  # How often a handshaker is asked for its counters. What counts over a time needs a longer one: two answers at least are in it.
  scrape_interval_s = 60

  settings_file = "/etc/google-cloud-ops-agent/config.yaml"

  # Machines that have a handshaker of their own, and the one that has not.
  kinds = merge(
    { for kind in ["member"] : kind => { roles = ["client", "server"], handshaker = true } if var.handshakers },
    { for kind in ["plain"] : kind => { roles = var.handshakers ? ["authority"] : ["client", "server"], handshaker = false } },
  )

  assignments = { for pair in setproduct(var.zones, keys(local.kinds)) : "${pair[0]} ${pair[1]}" => {
    zone     = pair[0]
    kind     = pair[1]
    roles    = local.kinds[pair[1]].roles
    settings = templatefile("${path.module}/templates/ops-agent.yaml.tftpl", { handshaker = local.kinds[pair[1]].handshaker, scrape_interval_s = local.scrape_interval_s })
  } }
}

resource "google_os_config_os_policy_assignment" "ops_agent" {
  for_each = local.assignments

  project     = var.project_id
  location    = each.value.zone
  name        = "${var.prefix}-ops-agent-${each.value.kind}"
  description = "The Ops Agent and its settings on the suite's machines."
  # It is carried out machine by machine, on those too that are made later: an apply that waited would wait for each of them.
  skip_await_rollout = true

  instance_filter {
    dynamic "inclusion_labels" {
      for_each = each.value.roles
      content {
        labels = {
          application = "ot-booking"
          environment = var.environment
          role        = inclusion_labels.value
        }
      }
    }
  }

  # One after the other, in this order: settings that are there before the package would be somebody's own in the eyes of dpkg, which would
  # ask what to do about them, and nobody answers.
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
            distribution = "google-cloud-ops-agent-${var.codename}-all"
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

      resources {
        id = "settings"

        file {
          path    = local.settings_file
          state   = "CONTENTS_MATCH"
          content = each.value.settings
        }
      }

      # An agent that was started before its settings were written does not know them.
      resources {
        id = "restart"

        exec {
          validate {
            interpreter = "SHELL"
            script      = <<-SCRIPT
              started=$(systemctl show --property=ActiveEnterTimestamp --value google-cloud-ops-agent.service)
              [ -n "$started" ] && [ "$(date --date="$started" +%s)" -gt "$(stat --format=%Y ${local.settings_file})" ] && exit 100
              exit 101
            SCRIPT
          }
          enforce {
            interpreter = "SHELL"
            # A second later, so that the two times are told apart.
            script = "sleep 1; systemctl restart google-cloud-ops-agent.service && exit 100; exit 1\n"
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

# Debian's own updates, where machines reach them. Without a way to the internet a machine is patched by being made anew from today's image:
# scripts/gce-renew.
resource "google_os_config_patch_deployment" "weekly" {
  count = var.patched ? 1 : 0

  project             = var.project_id
  patch_deployment_id = "${var.prefix}-weekly"
  description         = "Debian's updates, one zone after the other."

  instance_filter {
    group_labels {
      labels = {
        application = "ot-booking"
        environment = var.environment
      }
    }
  }

  patch_config {
    reboot_config = "DEFAULT"

    apt {
      type = "DIST"
    }
  }

  recurring_schedule {
    time_zone {
      id = "Etc/UTC"
    }

    time_of_day {
      hours   = 3
      minutes = 0
      seconds = 0
      nanos   = 0
    }

    weekly {
      day_of_week = "SUNDAY"
    }
  }

  rollout {
    mode = "ZONE_BY_ZONE"

    disruption_budget {
      fixed = 1
    }
  }
}
