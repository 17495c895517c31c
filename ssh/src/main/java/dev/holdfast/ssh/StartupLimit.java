package dev.holdfast.ssh;

/**
 * How many connections may be logging in at once (sshd_config(5), MaxStartups): from {@code begin}
 * on each new one is refused with a chance of {@code rate} percent, which grows evenly to 100 at
 * {@code full}.
 */
public record StartupLimit(int begin, int rate, int full) {
  private static final int MOST = 1_000_000;

  public StartupLimit {
    if (begin < 1 || full < begin || rate < 1 || rate > 100) {
      throw new IllegalArgumentException(begin + ":" + rate + ":" + full);
    }
  }

  static StartupLimit parse(String value) throws BadValueException {
    String[] parts = value.split(":", -1);
    if (parts.length != 1 && parts.length != 3) {
      throw new BadValueException("is a number, or begin:rate:full such as 10:30:100");
    }
    int begin = OptionSyntax.number(parts[0], 1, MOST);
    if (parts.length == 1) {
      return new StartupLimit(begin, 100, begin);
    }
    int rate = OptionSyntax.number(parts[1], 1, 100);
    int full = OptionSyntax.number(parts[2], 1, MOST);
    if (full < begin) {
      throw new BadValueException("has an end that is below its beginning");
    }
    return new StartupLimit(begin, rate, full);
  }

  /**
   * Whether one more is refused.
   *
   * @param present connections that are logging in
   * @param chance from 0 to 99, by dice
   */
  boolean refuses(int present, int chance) {
    if (present < begin) {
      return false;
    }
    if (present >= full || rate == 100) {
      return true;
    }
    return chance < rate + (100 - rate) * (present - begin) / (full - begin);
  }
}
