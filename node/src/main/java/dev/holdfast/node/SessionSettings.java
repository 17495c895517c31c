package dev.holdfast.node;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How sessions are run; in parentheses what sshd_config(5) calls it.
 *
 * @param pam the name of PAM's service, if it is used (UsePAM, PAMServiceName)
 * @param motd whether the message of the day is shown without PAM (PrintMotd)
 * @param lastLogin whether the last login is shown (PrintLastLog)
 * @param userRc whether the user's ~/.ssh/rc is run (PermitUserRC)
 * @param sftpServer the command for the subsystem sftp (Subsystem), if there is one
 */
public record SessionSettings(
    Optional<String> pam,
    boolean motd,
    boolean lastLogin,
    boolean userRc,
    Optional<String> sftpServer) {
  /** Where distributions have OpenSSH's sftp-server. */
  private static final List<String> SFTP_SERVERS =
      List.of(
          "/usr/lib/openssh/sftp-server",
          "/usr/libexec/openssh/sftp-server",
          "/usr/lib/ssh/sftp-server",
          "/usr/libexec/sftp-server",
          "/usr/lib/sftp-server");

  /** As sshd is without a word in its configuration, with the system's sftp-server. */
  public static SessionSettings defaults() {
    return new SessionSettings(Optional.empty(), true, true, true, systemSftpServer());
  }

  /** OpenSSH's sftp-server, where it usually is. */
  public static Optional<String> systemSftpServer() {
    Stream<String> usual = SFTP_SERVERS.stream();
    return usual.filter(path -> Files.isExecutable(Path.of(path))).findFirst();
  }
}
