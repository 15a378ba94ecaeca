# The hosts' image: Amazon Linux 2023 with what a release needs and no release in it.
#
#   packer init deploy/image && packer build -var-file=FILE deploy/image
#
# Built without SSH from outside: Packer's session goes through Systems Manager. The hosts' own way
# in is the same; sshd is switched off. StackMaster finds the newest image by its tag.

packer {
  required_version = ">= 1.11"
  required_plugins {
    amazon = {
      source  = "github.com/hashicorp/amazon"
      version = ">= 1.3.3, < 2"
    }
  }
}

variable "region" {
  type = string
}

variable "subnet_id" {
  type        = string
  description = "A private subnet of shelves-network"
}

variable "instance_profile" {
  type        = string
  description = "May be managed by Systems Manager (AmazonSSMManagedInstanceCore), and nothing else"
}

variable "share_with" {
  type        = list(string)
  default     = []
  description = "Accounts that may start the image: production and staging run the same one"
}

variable "datadog_agent" {
  type    = string
  default = "7.60.1-1"
}

variable "ffmpeg_address" {
  type        = string
  description = "A static build for x86_64 (.tar.xz): Amazon Linux has none"
}

variable "ffmpeg_sha256" {
  type = string
}

data "amazon-parameterstore" "base" {
  name   = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  region = var.region
}

locals {
  built = formatdate("YYYYMMDD-hhmmss", timestamp())
}

source "amazon-ebs" "shelves" {
  region                      = var.region
  source_ami                  = data.amazon-parameterstore.base.value
  instance_type               = "m7i.large"
  subnet_id                   = var.subnet_id
  associate_public_ip_address = false
  iam_instance_profile        = var.instance_profile
  ssh_username                = "ec2-user"
  ssh_interface               = "session_manager"
  temporary_key_pair_type     = "ed25519"
  ami_name                    = "shelves-${local.built}"
  ami_description             = "Seven Shelves: Amazon Linux 2023, Python 3.11, ffmpeg, Pango, agents"
  ami_users                   = var.share_with
  imds_support                = "v2.0"
  ena_support                 = true
  deprecate_at                = timeadd(timestamp(), "2160h")

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  launch_block_device_mappings {
    device_name           = "/dev/xvda"
    volume_type           = "gp3"
    volume_size           = 30
    delete_on_termination = true
  }

  tags = {
    application = "shelves"
    image       = "shelves"
    base        = data.amazon-parameterstore.base.value
  }
}

build {
  sources = ["source.amazon-ebs.shelves"]

  provisioner "file" {
    source      = "${path.root}/files"
    destination = "/tmp/shelves"
  }

  provisioner "shell" {
    execute_command = "sudo env {{ .Vars }} sh -eux '{{ .Path }}'"
    environment_vars = [
      "REGION=${var.region}",
      "DATADOG_AGENT=${var.datadog_agent}",
      "FFMPEG_ADDRESS=${var.ffmpeg_address}",
      "FFMPEG_SHA256=${var.ffmpeg_sha256}",
    ]
    script = "${path.root}/provision"
  }

  # What a release asks of a host, asked of the image.
  provisioner "shell" {
    inline = [
      "python3.11 -c 'import venv, ssl, sqlite3'",
      "ffmpeg -hide_banner -version | head -n 1",
      "ldconfig -p | grep -q libpango-1.0",
      "ldconfig -p | grep -q libharfbuzz-subset",
      "ldconfig -p | grep -q libmariadb",
      "test -s /etc/market/database-ca.pem",
      "systemctl is-enabled codedeploy-agent amazon-cloudwatch-agent market-queue-age.timer market-settings.timer market-lifecycle.service",
      "! systemctl is-enabled sshd",
    ]
  }

  post-processor "manifest" {
    output = "manifest.json"
  }
}
