Feature: What every answer says
  A success says so, and a refusal says why by a code.

  @KMS2-ERR-001
  Scenario Outline: A call that succeeds says so: <call>
    Given a key
    When I <call>
    Then the call is accepted
    And the answer is a success with its data

    Examples:
      | call                     |
      | ask about the key        |
      | encrypt with the account |

  @KMS2-ERR-001
  Scenario: A call that succeeds says so: ask for a token set
    Given a key
    And the creator is enabled
    When I ask for a token set
    Then the call is accepted
    And the answer is a success with its data

  @KMS2-ERR-010
  Scenario Outline: The service refuses <what> with the code <code>
    Given a key with a token set
    When I <call>
    Then the refusal carries the code <code>

    Examples:
      | what                             | code            | call                                                                |
      | a plaintext that is none         | INVALID_REQUEST | encrypt the raw text 1 with the account                             |
      | a size that no custom key has    | INVALID_REQUEST | create a custom key of 192 bits with its plaintext with the account |
      | a refresh token in a cipher call | FORBIDDEN       | encrypt with the refresh token                                      |

  @KMS2-ERR-010
  Scenario: The service refuses a token whose creator was replaced with the code UNAUTHORIZED
    Given a key with a token set
    And the access token works
    And the creator is replaced
    When I encrypt with the access token
    Then the refusal carries the code UNAUTHORIZED

  @KMS2-ERR-010
  Scenario: The service refuses what changes nothing with the code UNPROCESSABLE_ENTITY
    Given a key
    When I try to enable the key
    Then the refusal carries the code UNPROCESSABLE_ENTITY

  @KMS2-ERR-010
  Scenario: The service refuses a key that does not exist with the code NOT_FOUND
    Given a key that does not exist
    When I ask about the key
    Then the refusal carries the code NOT_FOUND

  @KMS2-ERR-010 @needs-viewer
  Scenario: The service refuses what an account may not do with the code FORBIDDEN
    Given a key
    When I encrypt with the viewer
    Then the refusal carries the code FORBIDDEN

  @KMS2-ERR-011
  Scenario Outline: The gateway refuses <what> with the code <code>
    Given a key
    When I <call>
    Then the refusal carries the code <code>

    Examples:
      | what              | code | call                                              |
      | a wrong signature | 200  | ask about the key, signed with another secret key |
      | no signature      | 200  | ask about the key, signed with nothing            |
      | an unknown route  | 300  | call POST /kms/v1/keys/{tag}/Encrypt              |
      | what is no UTF-8  | 100  | send a key creation that is not UTF-8             |
      | a body too large  | 430  | encrypt 900000 bytes with the account             |

  @KMS2-ERR-011 @needs-access
  Scenario: The gateway refuses a source that an access rule does not list with the code 210
    Given a key
    And the manager may call from elsewhere alone
    When I encrypt with the manager
    Then the refusal carries the code 210
