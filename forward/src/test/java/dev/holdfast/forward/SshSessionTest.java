package dev.holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SshSessionTest {
  @Test
  void serversBeforeOpenSsh101HoldSmallPacketsBackUntilAProgramRan() {
    assertThat(SshSession.needsPriming("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10")).isTrue();
    assertThat(SshSession.needsPriming("SSH-2.0-OpenSSH_10.0p2")).isTrue();
    assertThat(SshSession.needsPriming("SSH-2.0-OpenSSH_10.1p1")).isFalse();
    assertThat(SshSession.needsPriming("SSH-2.0-OpenSSH_for_Windows_9.5")).isFalse();
    assertThat(SshSession.needsPriming("SSH-2.0-Holdfast")).isFalse();
    assertThat(SshSession.needsPriming("SSH-2.0-OpenSSH_99999999999.1")).isFalse();
  }
}
