package dev.holdfast.client;

import java.util.ArrayDeque;

/**
 * When a server is asked how far it has come with what was typed, and what its answers say. A key
 * has reached it when a question behind it is answered. What it wrote for the key a moment later
 * may be under way still, and lost once: that is here when another question is answered, which it
 * got that moment later. Times are in nanoseconds from any point. Confined to its {@link Pulse}.
 */
final class Questions {
  /** Most echoes come sooner, and need no question then. */
  static final long DELAY_NANOS = 10_000_000;

  /** What a program may take to answer a key. */
  static final long MOMENT_NANOS = 50_000_000;

  /** Answers that come within less may have been given at once, to what was held up together. */
  static final long TOGETHER_NANOS = MOMENT_NANOS / 2;

  /** Most that are not answered. */
  static final int MOST = 16;

  private record Question(long keys, long nanos) {}

  private record Answer(long keys, long askedNanos, long nanos) {}

  private final ArrayDeque<Question> open = new ArrayDeque<>();

  /** Of keys that are not heard of; of too many the newest go. */
  private final ArrayDeque<Answer> answers = new ArrayDeque<>();

  private long keys;
  private long keysSince;
  private long asked;
  private long askedNanos;
  private long reached;
  private long heard;

  /** So many keys were typed so far. */
  void typed(long count, long now) {
    if (count > keys) {
      keysSince = keys == asked ? now : keysSince;
      keys = count;
    }
  }

  /** When {@link #ask} is due; -1 for never. */
  long nextNanos() {
    if (open.size() >= MOST) {
      return -1;
    }
    if (keys > asked) {
      return keysSince + DELAY_NANOS;
    }
    boolean isSecond = open.isEmpty() || open.getLast().nanos == askedNanos;
    return asked > heard && isSecond ? lastNanos() + MOMENT_NANOS : -1;
  }

  private long lastNanos() {
    return open.isEmpty() ? askedNanos : open.getLast().nanos;
  }

  /** A question is asked now. */
  void ask(long now) {
    if (keys > asked) {
      asked = keys;
      askedNanos = now;
    }
    open.add(new Question(asked, now));
  }

  /** The oldest question was answered; returns after what time. */
  long answered(long now) {
    Question question = open.remove();
    reached = Math.max(reached, question.keys);
    for (Answer before : answers) {
      if (question.nanos - before.askedNanos >= MOMENT_NANOS
          && now - before.nanos >= TOGETHER_NANOS) {
        heard = Math.max(heard, before.keys);
      }
    }
    answers.removeIf(each -> each.keys <= heard);
    if (question.keys > heard && answers.size() < MOST) {
      answers.add(new Answer(question.keys, question.nanos, now));
    }
    return now - question.nanos;
  }

  /** So many keys have reached the server. */
  long reached() {
    return reached;
  }

  /** What the server wrote for so many keys is here, if it did so within a moment. */
  long heard() {
    return heard;
  }

  /** For how long the oldest question is not answered; -1 if there is none. */
  long unansweredNanos(long now) {
    return open.isEmpty() ? -1 : now - open.getFirst().nanos;
  }
}
