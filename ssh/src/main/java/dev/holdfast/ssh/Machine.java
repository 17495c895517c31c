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
  /** This one, a Linux. */
  public static Machine linux(Passwords passwords) {
    return new Machine(
        new LinuxUsers(Instant::now),
        new LinuxUserRights(),
        passwords,
        Instant::now,
        InetAddress::getCanonicalHostName);
  }
}
