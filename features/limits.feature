Feature: Limits
  In API 2.0 each key has 300 cipher calls a second for itself. In API 1.0 all keys share 200. The
  clock stands still, so a second lasts as long as the scenario wants.

  Background:
    Given a key with a token set
    And another key with a token set
    And the clock stands still
    And a second has passed

  @KMS2-TPS-001
  Scenario Outline: A key gets 300 calls in a second, with <caller>
    When I encrypt 300 times with <caller>, spread over a second
    Then all of them are accepted

    Examples:
      | caller           |
      | the account      |
      | the access token |

  @KMS2-TPS-011
  Scenario Outline: A key gets its 300 calls at one instant, with <caller>
    When I encrypt 300 times with <caller>
    Then all of them are accepted

    Examples:
      | caller           |
      | the account      |
      | the access token |

  @KMS2-TPS-002
  Scenario: One call more than 300 is over the limit
    When I encrypt 300 times with the access token
    Then all of them are accepted
    And one call more is over the limit

  @KMS2-TPS-003
  Scenario: A key that is used up takes nothing from another key
    When I use up the key
    And I encrypt 300 times with the other access token, spread over a second, while the access token goes on
    Then all of them are accepted

  @KMS2-TPS-004
  Scenario: After a second a used-up key has 300 calls again, and no more
    Given I use up the key
    When a second passes
    And I encrypt 300 times with the access token
    Then all of them are accepted
    And one call more is over the limit

  @KMS2-TPS-004
  Scenario: After a tenth of a second a used-up key has 30 calls again, and no more
    Given I use up the key
    When 100 milliseconds pass
    And I encrypt 30 times with the access token
    Then all of them are accepted
    And one call more is over the limit

  @KMS2-TPS-004
  Scenario: An hour's rest gives no more than a second's
    Given I use up the key
    When 1 hour passes
    And I encrypt 300 times with the access token
    Then all of them are accepted
    And one call more is over the limit

  @KMS2-TPS-005
  Scenario Outline: A used-up key still lets its account <manage>
    Given I use up the key
    When I <manage>
    Then the call is accepted

    Examples:
      | manage              |
      | ask about the key   |
      | ask for a token set |

  @KMS2-TPS-006
  Scenario: Encrypting and decrypting, account and token draw on one limit
    When I encrypt 150 times with the account
    And I decrypt 150 times with the access token
    Then one call more is over the limit

  @KMS2-TPS-020
  Scenario Outline: To <use> draws on the limit of the key too
    Given I use up the key
    When I <use> with the account
    Then the call is refused as over the limit

    Examples:
      | use                          |
      | create a custom key          |
      | re-encrypt                   |
      | re-encrypt by the other path |

  @KMS2-TPS-020
  Scenario Outline: To <use> draws on the limit of a signing key
    Given an RSA2048 key with a token set
    And I sign 32 bytes with the account
    And a second has passed
    And I use up the key
    When I <use> with the account
    Then the call is refused as over the limit

    Examples:
      | use    |
      | sign   |
      | verify |

  @KMS2-TPS-005
  Scenario: A used-up key still tells its public key
    Given an RSA2048 key with a token set
    And I use up the key
    When I ask for the public key with the account
    Then the call is accepted

  @KMS2-TPS-021
  Scenario: A call over the limit carries the gateway's code 420
    When I encrypt 300 times with the access token
    And I encrypt with the access token
    Then the refusal carries the code 420

  @KMS2-TPS-022
  Scenario: A call over the limit is not told when to come again
    When I encrypt 300 times with the access token
    And I encrypt with the access token
    Then the call is refused as over the limit
    And the refusal does not say when to come again

  @KMS2-TPS-007
  Scenario: A list is one call
    When I encrypt lists of 5 200 times with the access token, spread over a second
    Then all of them are accepted

  @KMS2-TPS-008
  Scenario: A call over the limit is told so by the gateway
    When I encrypt 300 times with the access token
    And I encrypt with the access token
    Then the call is refused as over the limit
    And the refusal has a code and a message

  @KMS2-TPS-009
  Scenario: A refused token takes nothing from the limit
    When I encrypt 100 times with no credentials
    Then none of them is accepted
    When I encrypt 300 times with the access token
    Then all of them are accepted

  @KMS1-V1-020
  Scenario: API 1.0 serves 200 calls in a second
    When I encrypt 200 times over API 1.0, spread over a second
    Then all of them are accepted

  @KMS1-V1-025
  Scenario: API 1.0 serves its 200 calls at one instant
    When I encrypt 200 times over API 1.0
    Then all of them are accepted

  @KMS1-V1-021
  Scenario: One call more than 200 is over the limit of API 1.0, whatever the key
    When I encrypt 200 times over API 1.0
    Then all of them are accepted
    And one call more over API 1.0 is over the limit
    And one call more over API 1.0 with the other key is over the limit

  @KMS1-V1-022
  Scenario: When one key has used up API 1.0, the other has nothing left either
    Given I use up API 1.0
    Then one call more over API 1.0 with the other key is over the limit

  @KMS1-V1-021
  Scenario: Two keys use up API 1.0 together, 100 calls each
    When I encrypt 100 times over API 1.0
    Then all of them are accepted
    When I encrypt 100 times over API 1.0 with the other key
    Then all of them are accepted
    And one call more over API 1.0 is over the limit
    And one call more over API 1.0 with the other key is over the limit

  @KMS2-TPS-010
  Scenario: API 2.0 keeps its 300 for a key while API 1.0 is used up
    Given I use up API 1.0
    When I encrypt 300 times with the access token, spread over a second, while API 1.0 goes on
    Then all of them are accepted

  @KMS1-V1-023
  Scenario: API 1.0 keeps its 200 while a key is used up in API 2.0
    Given I use up the key
    When I encrypt 200 times over API 1.0, spread over a second, while the access token goes on
    Then all of them are accepted

  @KMS1-V1-024
  Scenario: After a second API 1.0 has 200 calls again, and no more
    Given I use up API 1.0
    When a second passes
    And I encrypt 200 times over API 1.0
    Then all of them are accepted
    And one call more over API 1.0 is over the limit
