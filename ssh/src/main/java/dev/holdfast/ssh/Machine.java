package dev.holdfast.ssh;

import java.net.InetAddress;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The machine that people log in to, as far as logging in needs it.
 *
 * @param users its accounts
 * @param rights how something is done as one of them
 * @param passwords what decides about passwords and accounts besides
 * @param now the time of day
 * @param hostName the name of a client's address, for UseDNS; the address itself if it has none
 */
public record Machine(
    Users users,
    UserRights rights,
    Passwords passwords,
    Supplier<Instant> now,
    Function<InetAddress, String> hostName) {
  /**
   * This one, a Linux. As root it has all its accounts; for any other user it has only that one.
   */
  public static Machine linux(Passwords passwords) {
    LinuxUsers users = new LinuxUsers(Instant::now);
    LinuxUserRights rights = new LinuxUserRights();
    return new Machine(
        name -> users.find(name).filter(rights::cover),
        rights,
        passwords,
        Instant::now,
        InetAddress::getCanonicalHostName);
  }
}
