Feature: API 1.0
  The older API encrypts and decrypts with the same keys, for accounts only.

  Background:
    Given a key with a token set

  @KMS1-V1-001
  Scenario: What API 1.0 encrypts, it decrypts
    When I encrypt 32 bytes over API 1.0
    And I decrypt the ciphertext over API 1.0
    Then the plaintext comes back

  @KMS1-V1-002
  Scenario: A success of API 1.0 carries an empty message
    When I encrypt 32 bytes over API 1.0
    Then the call is accepted
    And the answer carries an empty message

  @KMS1-V1-003
  Scenario: What API 1.0 encrypts, API 2.0 decrypts
    When I encrypt 32 bytes over API 1.0
    And I decrypt the ciphertext with the account
    Then the plaintext comes back

  @KMS1-V1-003
  Scenario: What API 2.0 encrypts, API 1.0 decrypts
    When I encrypt 32 bytes with the account
    And I decrypt the ciphertext over API 1.0
    Then the plaintext comes back

  @KMS1-V1-004
  Scenario: A list comes back item by item from API 1.0
    When I encrypt a list of 5 over API 1.0
    And I decrypt the ciphertexts over API 1.0
    Then the plaintexts come back in order

  @KMS1-V1-005
  Scenario Outline: API 1.0 refuses <caller>
    Given the key serves the account over API 1.0
    And the access token works
    When I encrypt over API 1.0 with <caller>
    Then the call is refused

    Examples:
      | caller            |
      | the access token  |
      | the refresh token |
      | no credentials    |

  @KMS1-V1-006
  Scenario: API 1.0 takes the older signature on its own path
    When I encrypt over API 1.0 with the older signature
    Then the call is accepted

  @KMS1-V1-007
  Scenario Outline: API 1.0 holds to the five minutes: <time> <side> is <answer>
    When I encrypt over API 1.0 by a clock <time> <side>
    Then the call is <answer>

    Examples:
      | time      | side   | answer   |
      | 4 minutes | behind | accepted |
      | 4 minutes | ahead  | accepted |
      | 6 minutes | behind | refused  |
      | 6 minutes | ahead  | refused  |

  @KMS1-V1-008
  Scenario: The IP ACL of a key says nothing about API 1.0
    When the IP ACL is switched on
    Then the key serves the account over API 1.0

  @KMS1-V1-009
  Scenario: A path of API 2.0 is none of API 1.0
    When I call POST /kms/v1/keys/{tag}/encrypt on API 1.0
    Then the call is refused as not found

  @KMS1-V1-010
  Scenario: A ciphertext of API 1.0 carries the prefix too
    When I encrypt 32 bytes over API 1.0
    Then the ciphertext carries the prefix of version 1
