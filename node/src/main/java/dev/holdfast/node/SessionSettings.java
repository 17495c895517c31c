package dev.holdfast.node;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How sessions are run; in parentheses what sshd_config(5) calls it.
 *
 * @param acceptEnv patterns, with * and ?, of variables that clients may set (AcceptEnv)
 * @param pam the name of PAM's service, if it is used (UsePAM, PAMServiceName)
 * @param motd whether the message of the day is shown without PAM (PrintMotd)
 * @param lastLogin whether the last login is shown (PrintLastLog)
 * @param userRc whether the user's ~/.ssh/rc is run (PermitUserRC)
 * @param sftpServer the command for the subsystem sftp (Subsystem), if there is one
 */
public record SessionSettings(
    List<String> acceptEnv,
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

  public SessionSettings {
    acceptEnv = List.copyOf(acceptEnv);
  }

  /** As sshd is without a word in its configuration, with the system's sftp-server. */
  public static SessionSettings defaults() {
    return new SessionSettings(List.of(), Optional.empty(), true, true, true, systemSftpServer());
  }

  /** OpenSSH's sftp-server, where it usually is. */
  public static Optional<String> systemSftpServer() {
    Stream<String> usual = SFTP_SERVERS.stream();
    return usual.filter(path -> Files.isExecutable(Path.of(path))).findFirst();
  }

  /** Whether a client may set a variable of that name. */
  boolean accepts(String name) {
    return acceptEnv.stream().anyMatch(pattern -> matches(pattern, name));
  }

  /** A star is tried with as little as possible and then with more, from the last star only. */
  private static boolean matches(String pattern, String name) {
    int p = 0;
    int n = 0;
    int star = -1;
    int from = 0;
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        from = n;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++from;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
