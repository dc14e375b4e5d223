Feature: Renewing tokens
  Whoever holds a refresh token gets new tokens without an account, until the refresh token ends.

  @KMS2-REN-001 @under-load
  Scenario: A refresh token yields an access token that works
    Given a key with a token set
    When I ask for an access token with the refresh token
    Then the call is accepted
    And the new access token works

  @KMS2-REN-002
  Scenario: A refresh token yields a token set that works
    Given a key with a token set
    When I renew the token set with the refresh token
    Then the call is accepted
    And the new access token works
    And the new refresh token works

  @KMS2-REN-003
  Scenario Outline: <renewal> leaves the old set alone
    Given a key with a token set
    When <what> with the refresh token
    Then the call is accepted
    And the access token works
    And the refresh token works

    Examples:
      | renewal            | what                                 |
      | Renewing the set   | I renew the token set for 5 hours    |
      | A new access token | I ask for an access token of 5 hours |

  @KMS2-REN-004
  Scenario Outline: An access token renews nothing: <what>
    Given a key with a token set
    And the access token works
    When <what> with the access token
    Then the call is refused

    Examples:
      | what                      |
      | I renew the token set     |
      | I ask for an access token |

  @KMS2-REN-005
  Scenario: Renewing with an access token is forbidden
    Given a key with a token set
    When I renew the token set with the access token
    Then the call is refused as forbidden

  @KMS2-REN-006
  Scenario Outline: The refresh token of another key renews nothing here: <what>
    Given a key with a token set
    And another key with a token set
    And the other refresh token works
    When <what> with the other refresh token
    Then the call is refused

    Examples:
      | what                      |
      | I renew the token set     |
      | I ask for an access token |

  @KMS2-TOK-012
  Scenario: The refresh token of another key is known, and forbidden
    Given a key with a token set
    And another key with a token set
    When I renew the token set with the other refresh token
    Then the call is refused as forbidden

  @KMS2-REN-007
  Scenario Outline: Nothing is renewed without a token: <what>
    Given a key with a token set
    And the refresh token works
    When <what> with no credentials
    Then the call is refused

    Examples:
      | what                      |
      | I renew the token set     |
      | I ask for an access token |

  @KMS2-REN-008
  Scenario Outline: <hours> for the hours of a renewed token is <answer>, by either call
    Given a key with a token set
    When I ask for an access token of <hours> hours with the refresh token
    Then the call is <answer>
    When I renew the token set with <hours> hours for the access token
    Then the call is <answer>
    When I renew the token set with <hours> hours for the refresh token
    Then the call is <answer>

    Examples:
      | hours   | answer   |
      | 1       | accepted |
      | 17520   | accepted |
      | "UL"    | accepted |
      | 0       | refused  |
      | -1      | refused  |
      | 17521   | refused  |
      | "17521" | refused  |
      | "many"  | refused  |
      | 1.5     | refused  |
      | true    | refused  |
      | [24]    | refused  |

  @KMS2-REN-009
  Scenario Outline: By default a renewed access token is <answer> <time> later
    Given a key with a token set
    And the clock stands still
    When I ask for an access token with the refresh token
    And <time> pass
    Then the new access token <does>

    Examples:
      | time                    | answer  | does       |
      | 71 hours and 59 minutes | good    | works      |
      | 72 hours and 1 minute   | refused | is refused |

  Scenario Outline: By default the <kind> token of a renewed set is <answer> <time> later
    Given a key with a token set
    And the clock stands still
    When I renew the token set with the refresh token
    And <time> pass
    Then the new <kind> token <does>

    @KMS2-REN-009
    Examples: its access token
      | kind   | time                    | answer  | does       |
      | access | 71 hours and 59 minutes | good    | works      |
      | access | 72 hours and 1 minute   | refused | is refused |

    @KMS2-REN-021
    Examples: its refresh token
      | kind    | time                      | answer  | does       |
      | refresh | 2159 hours and 59 minutes | good    | works      |
      | refresh | 2160 hours and 1 minute   | refused | is refused |

  @KMS2-REN-020
  Scenario Outline: An access token renewed for <life> is <answer> <when> its end
    Given a key with a token set
    And the clock stands still
    When I ask for an access token of <life> with the refresh token
    And it is <when> the end of the new access token
    Then the new access token <does>

    Examples:
      | life        | when             | answer  | does       |
      | 1 hour      | a minute before  | good    | works      |
      | 1 hour      | 61 seconds after | refused | is refused |
      | 17520 hours | a minute before  | good    | works      |
      | 17520 hours | 61 seconds after | refused | is refused |

  @KMS2-REN-020
  Scenario Outline: Renewed with its set for <life>, the <kind> token is <answer> <when> its end
    Given a key with a token set
    And the clock stands still
    When I renew the token set with <life> for the <kind> token
    And it is <when> the end of the new <kind> token
    Then the new <kind> token <does>

    Examples:
      | life        | kind    | when             | answer  | does       |
      | 1 hour      | access  | a minute before  | good    | works      |
      | 1 hour      | access  | 61 seconds after | refused | is refused |
      | 17520 hours | access  | a minute before  | good    | works      |
      | 17520 hours | access  | 61 seconds after | refused | is refused |
      | 1 hour      | refresh | a minute before  | good    | works      |
      | 1 hour      | refresh | 61 seconds after | refused | is refused |
      | 17520 hours | refresh | a minute before  | good    | works      |
      | 17520 hours | refresh | 61 seconds after | refused | is refused |

  Scenario Outline: A refresh token of <life> is <answer> <when> its end
    Given a key
    And the creator is enabled
    And the clock stands still
    And a token set is issued with <life> for the refresh token
    And the refresh token works
    When it is <when> the end of the refresh token
    Then the refresh token <does>

    @KMS2-REN-011
    Examples: at a minute's distance
      | life        | when             | answer  | does       |
      | 1 hour      | a minute before  | good    | works      |
      | 1 hour      | 61 seconds after | refused | is refused |
      | 1 hour      | 10 minutes after | refused | is refused |
      | 12 hours    | a minute before  | good    | works      |
      | 12 hours    | 61 seconds after | refused | is refused |
      | 17520 hours | a minute before  | good    | works      |
      | 17520 hours | 61 seconds after | refused | is refused |

    @KMS2-REN-012
    Examples: in the second of its end
      | life   | when            | answer  | does       |
      | 1 hour | a second before | good    | works      |
      | 1 hour | exactly at      | refused | is refused |
      | 1 hour | a second after  | refused | is refused |

  @KMS2-REN-013
  Scenario Outline: By default a refresh token is <answer> <time> after its issue
    Given a key
    And the creator is enabled
    And the clock stands still
    And a token set is issued
    When <time> pass
    Then the refresh token <does>

    Examples:
      | time                      | answer  | does       |
      | 2159 hours and 59 minutes | good    | works      |
      | 2160 hours and 1 minute   | refused | is refused |

  @KMS2-REN-014
  Scenario: When the refresh token has ended, the account still gets new tokens
    Given a key
    And the creator is enabled
    And the clock stands still
    And a token set is issued with 1 hour for the refresh token
    When it is 61 seconds after the end of the refresh token
    And I ask for a token set
    Then the refresh token is refused
    And the new access token works
    And the new refresh token works

  @KMS2-REN-015
  Scenario: When the access token has ended, the refresh token gets another that works
    Given a key
    And the creator is enabled
    And the clock stands still
    And a token set is issued with 1 hour for the access token
    And the access token works
    When it is 61 seconds after the end of the access token
    And I ask for an access token with the refresh token
    Then the access token is refused
    And the new access token works

  @KMS2-REN-016
  Scenario: A renewed set lives from its own issue on
    Given a key
    And the creator is enabled
    And the clock stands still
    And a token set is issued with 2 hours for both tokens
    When 1 hour passes
    And I renew the token set with the refresh token
    And 90 minutes pass
    Then the access token is refused
    And the new access token works
    And the new refresh token works

  @KMS2-REN-017
  Scenario: A renewed token carries the holder and the permissions of the refresh token
    Given a key with a token set
    When I ask for an access token with the refresh token
    Then the new access token carries the holder and the permissions of the refresh token

  @KMS2-REN-018
  Scenario: An expired refresh token is unauthorized
    Given a key
    And the creator is enabled
    And the clock stands still
    And a token set is issued with 1 hour for the refresh token
    When it is 61 seconds after the end of the refresh token
    Then the refresh token is refused as unauthorized

  @KMS2-REN-019
  Scenario: While its key is disabled or pending deletion, a refresh token renews nothing
    Given a key with a token set
    And the refresh token works
    And the key is disabled
    When I renew the token set with the refresh token
    Then the call is refused as a broken rule
    When I ask for an access token with the refresh token
    Then the call is refused as a broken rule
    Given the deletion of the key is requested
    When I renew the token set with the refresh token
    Then the call is refused as a broken rule
    When I ask for an access token with the refresh token
    Then the call is refused as a broken rule
