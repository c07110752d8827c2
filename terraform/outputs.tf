locals {
  gcloud = "--project=${var.project_id} --zone=${local.zone}"
  flags  = local.suite ? "--handshaker-address 127.0.0.1:18080 --allow-untrusted-handshaker " : ""
  call   = "booking-client ${local.flags}${local.backend} ${module.identity.emails["server"]}"
  ssh    = { for role, machine in module.machine : role => "gcloud compute ssh ${machine.name} ${local.gcloud} --tunnel-through-iap" }

  # Each machine of the group, one after the other. Its programs and not the machine: one that boots fetches them again, and cannot while its
  # account is disabled.
  members = local.group ? "gcloud compute instance-groups managed list-instances ${module.backend_group[0].group} --project=${var.project_id} --region=${var.region} --format='value(instance.basename(),instance.scope(zones).segment(0))'" : null
  each    = local.group ? "${local.members} | while read -r name zone; do gcloud compute ssh \"$name\" --project=${var.project_id} --zone=\"$zone\" --tunnel-through-iap --command='%s' < /dev/null || exit 1; done" : "${local.ssh["server"]} --command='%s'"
  restart = format(local.each, "sudo systemctl restart booking-server")
}

output "accounts" {
  description = "Role to service account: what ALTS proves and what firewall rules name."
  value       = module.identity.emails
}

output "article_call" {
  description = "The article's call; prints: Date of booking: 01-Jun-2024 11:30."
  value       = "${local.ssh["client"]} --command='${local.call}'"
}

output "backend" {
  description = "HOST:PORT of the booking service."
  value       = local.backend
}

output "drill" {
  description = "The article's drill, step by step: what to do, and what the article's call says after it."
  value = [
    { do = "terraform apply -var 'disabled_accounts=[\"client\"]'", then_the_call_says = "UNAVAILABLE" },
    { do = "terraform apply", then_the_call_says = "OK" },
    { do = "terraform apply -var 'disabled_accounts=[\"server\"]'", then_the_call_says = "OK" },
    { do = local.restart, then_the_call_says = "UNKNOWN" },
    { do = "terraform apply", then_the_call_says = "OK" },
  ]
}

output "journals" {
  description = "What the programs say, live; of a group's backends the last hundred lines each."
  value = merge(
    {
      client = "${local.ssh["client"]} --command='sudo journalctl --follow --unit=alts-handshaker --unit=booking-web'"
      server = format(local.each, "sudo journalctl ${local.group ? "--lines=100" : "--follow"} --unit=alts-handshaker --unit=booking-server")
    },
    local.suite ? {
      authority = "${local.ssh["authority"]} --command='sudo journalctl --follow --unit=alts-authority'"
    } : {},
  )
}

output "renew_group" {
  description = "Makes a group's machines anew, none before another one is there; null without a group."
  value       = local.group ? "gcloud compute instance-groups managed rolling-action replace ${module.backend_group[0].group} --project=${var.project_id} --region=${var.region} --max-unavailable=0 --max-surge=${length(local.zones)} && gcloud compute instance-groups managed wait-until ${module.backend_group[0].group} --project=${var.project_id} --region=${var.region} --stable" : null
}

output "ssh" {
  description = "Role to the command that logs in."
  value       = local.ssh
}

output "web" {
  description = "Where people open the pages, and what the A record of that name has to be; null without people."
  value       = var.people == null ? null : { url = "https://${var.people.domain}/", a_record = module.people[0].address }
}

output "web_tunnel" {
  description = "Brings the booking pages to http://localhost:8000 for as long as it runs. With people, whoever comes this way goes round Identity-Aware Proxy, and is told so in place of a page."
  value       = "${local.ssh["client"]} -- -N -L 8000:127.0.0.1:${local.web_port}"
}
