package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What recordings in a bucket are, whoever has the bucket. */
@Timeout(120)
interface BucketConformance {
  String ONE = "1".repeat(32);
  String TWO = "2".repeat(32);

  /** The URL of an empty place in it. */
  String url() throws Exception;

  private static byte[] bytes(int seed, int size) {
    byte[] bytes = new byte[size];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  default void whatWasPutIsThereOnceAndInOrder() throws Exception {
    String url = url();
    try (RecordingStore store = StoreUrl.parse(url).open()) {
      assertThat(store.recordings()).isEmpty();
      assertThat(store.parts(ONE)).isEmpty();
      assertThat(store.get(ONE, 0)).isEmpty();
      for (int i : new int[] {2, 0, 1}) {
        store.put(ONE, i, bytes(i, 1_000 + i));
      }
      store.put(TWO, 0, new byte[0]);
      store.put(ONE, 1, bytes(1, 1_001));
      assertThatThrownBy(() -> store.put(ONE, 1, bytes(7, 1_001)))
          .isInstanceOf(IOException.class)
          .hasMessage("The store has another object in place of a part of a recording.");
      assertThat(store.parts(ONE)).containsExactly(0, 1, 2);
      assertThat(store.recordings()).containsExactlyInAnyOrder(ONE, TWO);
    }
    try (RecordingStore again = StoreUrl.parse(url).open()) {
      assertThat(again.get(ONE, 1))
          .hasValueSatisfying(it -> assertThat(it).isEqualTo(bytes(1, 1_001)));
      assertThat(again.get(TWO, 0)).hasValueSatisfying(it -> assertThat(it).isEmpty());
      again.delete(ONE);
      again.delete(ONE);
      assertThat(again.parts(ONE)).isEmpty();
      assertThat(again.recordings()).containsExactly(TWO);
    }
  }

  @Test
  default void partsThatWerePutTogetherReadAsBeforeAndMoreMayCome() throws Exception {
    String url = url();
    try (RecordingStore store = StoreUrl.parse(url).open();
        RecordingStore other = StoreUrl.parse(url).open()) {
      // Together more than two parts of an upload, each far from 5 MiB.
      List<byte[]> parts = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        parts.add(bytes(i, 1_500_000 + 17 * i));
        store.put(ONE, i, parts.get(i));
      }
      store.compose(ONE);
      store.compose(ONE);
      check(store, parts);
      check(other, parts);
      parts.add(bytes(99, 10));
      store.put(ONE, 12, parts.getLast());
      check(other, parts);
      store.compose(ONE);
      check(other, parts);
      check(store, parts);
      assertThat(store.recordings()).containsExactly(ONE);
      store.delete(ONE);
      assertThat(store.recordings()).isEmpty();
      assertThat(store.get(ONE, 3)).isEmpty();
    }
  }

  private static void check(RecordingStore store, List<byte[]> parts) throws IOException {
    assertThat(store.parts(ONE)).hasSize(parts.size()).isSorted();
    for (int i = 0; i < parts.size(); i++) {
      byte[] part = parts.get(i);
      assertThat(store.get(ONE, i)).hasValueSatisfying(it -> assertThat(it).isEqualTo(part));
    }
    assertThat(store.get(ONE, parts.size())).isEmpty();
  }
}
