package dev.holdfast.auth;

import dev.holdfast.access.InvalidRecordException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How recordings are kept.
 *
 * @param store a URL: {@code file:///DIRECTORY}, {@code s3://BUCKET/PREFIX}, {@code
 *     gs://BUCKET/PREFIX}; null for a directory of the service's own
 * @param retention how long after their end; null for ever
 */
public record RecordingSettings(@Nullable String store, @Nullable Duration retention) {
  /** In a directory of the service's own, for ever. */
  public static final RecordingSettings USUAL = new RecordingSettings(null, null);

  public RecordingSettings {
    if (store != null) {
      checkedStore(store);
    }
    if (retention != null) {
      checkedRetention(retention);
    }
  }

  /** A URL of a store that can be one; else an {@link InvalidRecordException} says why not. */
  public static String checkedStore(String url) {
    StoreUrl.parse(url);
    return url;
  }

  /** A time for which recordings can be kept; else an {@link InvalidRecordException} says so. */
  public static Duration checkedRetention(Duration time) {
    if (!time.isPositive()) {
      throw new InvalidRecordException("Recordings are kept for more than no time.");
    }
    return time;
  }
}
