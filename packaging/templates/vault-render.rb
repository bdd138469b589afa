# The formula for Homebrew on Linux. `just release` fills it in: copy it into the `Formula/` of a tap.
class VaultRender < Formula
  desc "@DESCRIPTION@"
  homepage "@HOMEPAGE@"
  version "@VERSION@"
  license "Apache-2.0"
  depends_on :linux

  on_intel do
    url "@RELEASE@/vault-render-@VERSION@-linux-amd64.tar.gz"
    sha256 "@SHA256_AMD64@"
  end
  on_arm do
    url "@RELEASE@/vault-render-@VERSION@-linux-arm64.tar.gz"
    sha256 "@SHA256_ARM64@"
  end

  def install
    bin.install "vault-render"
    bash_completion.install "completions/vault-render.bash" => "vault-render"
    zsh_completion.install "completions/_vault-render"
    fish_completion.install "completions/vault-render.fish"
    man1.install Dir["man/*.1"]
  end

  test do
    assert_match "v#{version}", shell_output("#{bin}/vault-render version")
  end
end
