Feature: The end of a token
  A token works until its time is over, and not after it.

  Background:
    Given a key
    And the creator is enabled
    And the clock stands still

  Scenario Outline: An access token of <life> is <answer> <when> its end
    Given a token set is issued with <life> for the access token
    And the access token works
    When it is <when> the end of the access token
    Then the access token <does>

    @KMS2-TOK-030
    Examples: at a minute's distance
      | life        | when             | answer  | does       |
      | 1 hour      | a minute before  | good    | works      |
      | 1 hour      | 61 seconds after | refused | is refused |
      | 1 hour      | 10 minutes after | refused | is refused |
      | 3 hours     | a minute before  | good    | works      |
      | 3 hours     | 61 seconds after | refused | is refused |
      | 17520 hours | a minute before  | good    | works      |
      | 17520 hours | 61 seconds after | refused | is refused |

    @KMS2-TOK-031
    Examples: in the second of its end
      | life   | when            | answer  | does       |
      | 1 hour | a second before | good    | works      |
      | 1 hour | exactly at      | refused | is refused |
      | 1 hour | a second after  | refused | is refused |

  @KMS2-TOK-032
  Scenario Outline: By default an access token is <answer> <time> after its issue
    Given a token set is issued
    And the access token works
    When <time> pass
    Then the access token <does>

    Examples:
      | time                    | answer  | does       |
      | 71 hours and 59 minutes | good    | works      |
      | 72 hours and 1 minute   | refused | is refused |

  @KMS2-TOK-033
  Scenario: An expired access token is unauthorized
    Given a token set is issued with 1 hour for the access token
    When it is 61 seconds after the end of the access token
    Then the access token is refused as unauthorized

  @KMS2-TOK-030
  Scenario: An expired access token does not decrypt either
    Given a token set is issued with 1 hour for the access token
    And I encrypt 32 bytes with the access token
    When it is 61 seconds after the end of the access token
    And I decrypt the ciphertext with the access token
    Then the call is refused

  @KMS2-TOK-034
  Scenario: An unlimited token set outlives the longest limited one
    Given an unlimited token set is issued
    When 17521 hours pass
    Then the access token works
    And the refresh token works
