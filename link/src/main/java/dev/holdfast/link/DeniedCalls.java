package dev.holdfast.link;

import java.util.List;

/**
 * System calls that a {@link CallFilter} lets fail: name, number on x86-64 (asm/unistd_64.h), and
 * elsewhere (asm-generic/unistd.h).
 */
enum DeniedCalls {
  /**
   * By which a process gets a socket, another process, other rights or another view of the files,
   * or changes files without opening them.
   */
  OUTSIDE(
      """
      socket 41 198
      connect 42 203
      bind 49 200
      listen 50 201
      ptrace 101 117
      kill 62 129
      tkill 200 130
      rt_sigqueueinfo 129 138
      rt_tgsigqueueinfo 297 240
      unshare 272 97
      setns 308 268
      mount 165 40
      umount2 166 39
      pivot_root 155 41
      chroot 161 51
      bpf 321 280
      perf_event_open 298 241
      add_key 248 217
      request_key 249 218
      keyctl 250 219
      userfaultfd 323 282
      open_by_handle_at 304 265
      process_vm_readv 310 270
      process_vm_writev 311 271
      shmget 29 194
      shmat 30 196
      semget 64 190
      msgget 68 186
      mq_open 240 180
      pidfd_send_signal 424 424
      io_uring_setup 425 425
      pidfd_open 434 434
      pidfd_getfd 438 438
      open_tree 428 428
      move_mount 429 429
      fsopen 430 430
      fsconfig 431 431
      fsmount 432 432
      fspick 433 433
      mount_setattr 442 442
      chmod 90 -
      fchmod 91 52
      fchmodat 268 53
      fchmodat2 452 452
      chown 92 -
      fchown 93 55
      lchown 94 -
      fchownat 260 54
      setxattr 188 5
      lsetxattr 189 6
      fsetxattr 190 7
      removexattr 197 14
      lremovexattr 198 15
      fremovexattr 199 16
      """),

  /** Which change what files there are, or one's bytes or times by its name. */
  WRITING(
      """
      creat 85 -
      truncate 76 45
      rename 82 -
      renameat 264 38
      renameat2 316 276
      mkdir 83 -
      mkdirat 258 34
      rmdir 84 -
      unlink 87 -
      unlinkat 263 35
      link 86 -
      linkat 265 37
      symlink 88 -
      symlinkat 266 36
      mknod 133 -
      mknodat 259 33
      utime 132 -
      utimes 235 -
      futimesat 261 -
      utimensat 280 88
      openat2 437 437
      """),

  /** Which start programs. */
  PROGRAMS(
      """
      execve 59 221
      execveat 322 281
      """);

  static final int AMD64 = 1;
  static final int ELSEWHERE = 2;

  private final String table;

  DeniedCalls(String table) {
    this.table = table;
  }

  /** Their numbers in that column. */
  List<Integer> numbers(int column) {
    return table
        .lines()
        .map(line -> line.split(" ", 3)[column])
        .filter(number -> !number.equals("-"))
        .map(Integer::valueOf)
        .toList();
  }
}
